#include "services/deployment/worker_calls.hpp"

#include "net/message_socket.hpp"
#include "services/deployment/live_release.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <algorithm>
#include <memory>

namespace panel::deployment {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds answer_time{10'000};
constexpr std::chrono::milliseconds check_time{1'000};
constexpr std::chrono::milliseconds work_time{90'000};
constexpr std::chrono::milliseconds no_deadline{0};

// What came back so far; shared with the reader of the messages.
struct Answer {
    docker::LogSink on_part;
    boost::json::object last;
    bool began = false;
};

asio::awaitable<bool> take(std::shared_ptr<Answer> answer, std::string message) {
    boost::system::error_code error;
    auto value = boost::json::parse(message, error);
    if (error || !value.is_object()) co_return false;
    answer->began = true;
    if (const auto* part = value.get_object().if_contains("part"); part && part->is_string()) {
        co_await answer->on_part(std::string(part->get_string()));
        co_return true;
    }
    answer->last = std::move(value.get_object());
    co_return false;
}

asio::awaitable<void> ignore_part(std::string) { co_return; }

Result<boost::json::object> result_of(boost::json::object last) {
    const auto* error = last.if_contains("error");
    if (!error) return last;
    const auto code = boost::json::value_to<int>(error->at("code"));
    if (code < 0 || code > static_cast<int>(Code::cancelled))
        return fail(Code::internal, "The worker answers nonsense.");
    return fail(static_cast<Code>(code), std::string(error->at("message").as_string()));
}

} // namespace

std::vector<std::filesystem::path> WorkerCalls::sockets() const {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, error))
        if (const auto name = entry.path().filename().string();
            name.starts_with("worker-") && name.ends_with(".sock"))
            found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
}

// The first worker that answers; what one has begun to answer no other is asked for.
asio::awaitable<Result<boost::json::object>>
WorkerCalls::call(boost::json::object request, std::chrono::milliseconds deadline, docker::LogSink on_part) {
    for (const auto& socket : sockets()) {
        const auto answer = std::make_shared<Answer>();
        answer->on_part = on_part;
        net::MessageCall message;
        message.socket = socket;
        message.request = boost::json::serialize(request);
        message.deadline = deadline;
        message.on_message = [answer](std::string text) { return take(answer, std::move(text)); };
        const auto sent = co_await net::send_messages(std::move(message));
        if (sent && !answer->last.empty()) co_return result_of(std::move(answer->last));
        if (answer->began) co_return fail(Code::unavailable, "The worker has ended meanwhile.");
    }
    co_return fail(Code::unavailable, "No worker runs: the process of the role worker is missing.");
}

asio::awaitable<Result<boost::json::object>> WorkerCalls::ask(boost::json::object request) {
    co_return co_await call(std::move(request), work_time, ignore_part);
}

asio::awaitable<Result<void>> WorkerCalls::check() {
    boost::json::object request{{"call", "check"}};
    const auto answer = co_await call(std::move(request), check_time, ignore_part);
    if (!answer) co_return std::unexpected(answer.error());
    co_return Result<void>{};
}

asio::awaitable<Result<std::string>> WorkerCalls::log(std::int64_t project_id, int tail) {
    boost::json::object request{{"call", "log"}, {"project_id", project_id}, {"tail", tail}};
    const auto text = std::make_shared<std::string>();
    docker::LogSink on_part = [text](std::string part) {
        *text += part;
        return ignore_part({});
    };
    const auto answer = co_await call(std::move(request), answer_time, std::move(on_part));
    if (!answer) co_return std::unexpected(answer.error());
    co_return std::move(*text);
}

asio::awaitable<Result<void>> WorkerCalls::follow_log(std::int64_t project_id, docker::LogSink sink) {
    boost::json::object request{{"call", "follow_log"}, {"project_id", project_id}};
    const auto answer = co_await call(std::move(request), no_deadline, std::move(sink));
    if (!answer) co_return std::unexpected(answer.error());
    co_return Result<void>{};
}

asio::awaitable<Result<LiveMetrics>> WorkerCalls::metrics(std::int64_t project_id) {
    boost::json::object request{{"call", "metrics"}, {"project_id", project_id}};
    const auto answer = co_await call(std::move(request), answer_time, ignore_part);
    if (!answer) co_return std::unexpected(answer.error());
    LiveMetrics metrics;
    metrics.cpu_percent = boost::json::value_to<double>(answer->at("cpu_percent"));
    metrics.memory_bytes = boost::json::value_to<std::int64_t>(answer->at("memory_bytes"));
    metrics.memory_limit_bytes = boost::json::value_to<std::int64_t>(answer->at("memory_limit_bytes"));
    metrics.running = answer->at("running").as_bool();
    metrics.slot = std::string(answer->at("slot").as_string());
    metrics.open_requests = boost::json::value_to<int>(answer->at("open_requests"));
    co_return metrics;
}

asio::awaitable<Result<void>> WorkerCalls::remove_project(std::int64_t project_id) {
    boost::json::object request{{"call", "remove_project"}, {"project_id", project_id}};
    const auto answer = co_await call(std::move(request), work_time, ignore_part);
    if (!answer) co_return std::unexpected(answer.error());
    co_return Result<void>{};
}

} // namespace panel::deployment
