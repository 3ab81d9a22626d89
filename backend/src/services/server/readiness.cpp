#include "services/server/readiness.hpp"

#include "base/deadline.hpp"
#include "services/server/outage.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace panel::server {

namespace {

constexpr std::chrono::milliseconds patience{1'000}; // for each; whoever asks decides by this answer

// A query that touches the file, not only the connection.
constexpr const char* touch = "SELECT COUNT(*) FROM (SELECT 1 FROM users LIMIT 1) AS first";

} // namespace

asio::awaitable<Check> Readiness::check_database() {
    Check check{"database", ""};
    auto read = [](soci::session& session) {
        long long count = 0;
        session << touch, soci::into(count);
        return count;
    };
    try {
        const auto answer = co_await with_deadline(database_.read(std::move(read)), patience);
        if (!answer) check.problem = "The database does not answer in time.";
    } catch (const std::exception& failure) { // being told so is what this call is for
        if (!database_outage(failure)) throw;
        check.problem = "The database cannot be read.";
    }
    co_return check;
}

asio::awaitable<Check> Readiness::check_docker() {
    Check check{calls_ ? "worker" : "docker", ""};
    if (calls_) {
        const auto answer = co_await calls_->check();
        if (!answer) check.problem = answer.error().message;
        co_return check;
    }
    if (!docker_) co_return check;
    const auto answer = co_await with_deadline(docker_->version(), patience);
    if (!answer)
        check.problem = "Docker does not answer in time.";
    else if (!*answer)
        check.problem = answer->error().message;
    co_return check;
}

asio::awaitable<Check> Readiness::check_proxy() {
    Check check{"caddy", ""};
    if (!proxy_) co_return check;
    const auto answer = co_await with_deadline(proxy_->version(), patience);
    if (!answer)
        check.problem = "Caddy does not answer in time.";
    else if (!*answer)
        check.problem = answer->error().message;
    co_return check;
}

asio::awaitable<std::vector<Check>> Readiness::check() {
    using namespace asio::experimental::awaitable_operators;
    auto [first, second, third] = co_await (check_database() && check_docker() && check_proxy());
    std::vector<Check> out;
    out.push_back(std::move(first));
    if (docker_ || calls_) out.push_back(std::move(second));
    if (proxy_) out.push_back(std::move(third));
    co_return out;
}

} // namespace panel::server
