#include "net/message_socket.hpp"

#include "base/deadline.hpp"
#include "support/run.hpp"
#include "support/temp_directory.hpp"

#include <boost/asio/as_tuple.hpp>
#include <doctest/doctest.h>

#include <sys/stat.h>
#include <vector>

using namespace panel;
using namespace std::chrono_literals;

namespace {

// "echo": the request back; "count": 1 2 3; "flow": messages until the caller goes; "hang": nothing.
struct Setting {
    test::TempDirectory directory;
    boost::asio::io_context loop{1};
    int flows_ended = 0;
    net::MessageServer server{loop.get_executor(), [this](std::string request, net::MessageCaller& caller) {
                                  return answer(std::move(request), caller);
                              }};
    Setting() { REQUIRE(server.listen(path())); }
    ~Setting() { run(server.stop(5s)); }
    std::filesystem::path path() const { return directory.path() / "desk.sock"; }
    template <class T> T run(boost::asio::awaitable<T> task) { return test::run(loop, std::move(task)); }

    boost::asio::awaitable<void> answer(std::string request, net::MessageCaller& caller) {
        struct Ended {
            int& count;
            ~Ended() { ++count; }
        };
        if (request == "count") {
            for (const auto* text : {"1", "2", "3"}) co_await caller.send(text);
        } else if (request == "flow") {
            const Ended ended{flows_ended};
            while (co_await caller.send("more")) {
            }
        } else if (request == "hang") {
            const Ended ended{flows_ended};
            co_await sleep_for(1h);
        } else {
            co_await caller.send(std::move(request));
        }
    }

    std::vector<std::string> received;
    boost::asio::awaitable<bool> take(std::string message, std::size_t wanted) {
        received.push_back(std::move(message));
        co_return received.size() < wanted;
    }
    Result<void> call(std::string request, std::size_t wanted, std::chrono::milliseconds deadline = 5s) {
        net::MessageCall call;
        call.socket = path();
        call.request = std::move(request);
        call.deadline = deadline;
        call.on_message = [this, wanted](std::string message) { return take(std::move(message), wanted); };
        return run(net::send_messages(std::move(call)));
    }
};

} // namespace

TEST_CASE("a call is answered with any bytes, up to a megabyte") {
    Setting setting;
    for (const auto& request : {std::string("hello"), std::string("\0\xff", 2), std::string(1 << 20, 'x')}) {
        CHECK(setting.call(request, 1));
        CHECK(setting.received.back() == request);
        setting.received.clear();
    }
    CHECK_FALSE(setting.call(std::string((1 << 20) + 1, 'x'), 1));
}

TEST_CASE("messages come in order until the caller has enough") {
    Setting setting;
    CHECK(setting.call("count", 3));
    CHECK(setting.received == std::vector<std::string>{"1", "2", "3"});
    setting.received.clear();
    const auto broken_off = setting.call("count", 4);
    REQUIRE_FALSE(broken_off);
    CHECK(broken_off.error().code == Code::unavailable);
}

TEST_CASE("a caller that hangs up ends what it asked for") {
    Setting setting;
    CHECK(setting.call("flow", 2));
    CHECK_FALSE(setting.call("hang", 1, 30ms));
    const auto end = std::chrono::steady_clock::now() + 10s;
    setting.loop.restart();
    while (setting.flows_ended < 2 && setting.loop.run_one_until(end) > 0) {
    }
    CHECK(setting.flows_ended == 2);
}

TEST_CASE("only the own user can open the socket, and a dead one is replaced") {
    Setting setting;
    struct stat status{};
    REQUIRE(::stat(setting.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    net::MessageServer next(setting.loop.get_executor(),
                            [&](std::string request, net::MessageCaller& caller) {
                                return setting.answer(std::move(request), caller);
                            });
    CHECK(next.listen(setting.path()));
    CHECK(setting.call("echo", 1));
    setting.run(next.stop(5s));
    const auto nobody = setting.call("echo", 1);
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().code == Code::unavailable);
    CHECK_FALSE(next.listen("/nonexistent/desk.sock"));
}
