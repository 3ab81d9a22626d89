#include "services/queue/redis/session.hpp"

#include "base/deadline.hpp"
#include "services/queue/redis/reply.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace panel::queue::redis {

namespace {

using Opened = Result<std::unique_ptr<net::Stream>>;

struct Greeting {
    std::string commands;
    std::size_t answers = 0;
    void add(const std::vector<std::string>& words) {
        append_command(commands, words);
        ++answers;
    }
};

Greeting greeting_of(const Target& target) {
    Greeting greeting;
    if (!target.password.empty()) {
        if (target.user.empty())
            greeting.add({"AUTH", target.password.reveal()});
        else
            greeting.add({"AUTH", target.user, target.password.reveal()});
    }
    if (target.db != 0) greeting.add({"SELECT", std::to_string(target.db)});
    greeting.add({"PING"}); // who may not call, or is still loading its data, says so here
    return greeting;
}

asio::awaitable<Result<void>> greet(net::Stream& stream, Greeting greeting) {
    auto written = co_await stream.write(greeting.commands);
    if (!written) co_return written;
    ReplyReader reader;
    std::array<char, 4096> buffer{};
    for (std::size_t answered = 0; answered < greeting.answers;) {
        auto reply = reader.next();
        if (!reply) co_return std::unexpected(reply.error());
        if (!*reply) {
            const auto count = co_await stream.read_some(buffer);
            if (!count) co_return std::unexpected(count.error());
            reader.feed({buffer.data(), *count});
            continue;
        }
        if ((*reply)->kind == Reply::Kind::error)
            co_return fail(Code::unavailable, fmt::format("Redis refuses: {}.", (*reply)->text));
        ++answered;
    }
    co_return Result<void>{};
}

} // namespace

asio::awaitable<Opened> open_session(const Target& target, net::StreamTarget address,
                                     std::chrono::milliseconds deadline) {
    auto connecting = net::connect(std::move(address), deadline);
    auto stream = co_await std::move(connecting);
    if (!stream) co_return std::move(stream);
    auto greeted = co_await with_deadline(greet(**stream, greeting_of(target)), deadline);
    if (!greeted) co_return fail(Code::unavailable, "Redis does not answer.");
    if (!*greeted) co_return std::unexpected(greeted->error());
    co_return std::move(stream);
}

} // namespace panel::queue::redis
