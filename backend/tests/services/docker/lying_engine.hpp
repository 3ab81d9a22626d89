#pragma once
// A unix socket that behaves like an engine in trouble: takes one connection after the other, reads the head
// of each request, sends what it was told to and then closes or stays silent. Runs on the loop of the test.

#include "support/temp_directory.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace panel::test {

class LyingEngine {
  public:
    enum class Then { closes, stays_silent };

    LyingEngine(boost::asio::io_context& loop, std::string answer, Then then)
        : state_(std::make_shared<State>(loop, path(), std::move(answer), then)) {
        boost::asio::co_spawn(loop, serve(state_), boost::asio::detached);
    }
    ~LyingEngine() {
        boost::system::error_code ignored;
        state_->acceptor.close(ignored);
    }
    LyingEngine(const LyingEngine&) = delete;
    LyingEngine& operator=(const LyingEngine&) = delete;

    [[nodiscard]] std::string path() const { return (directory_.path() / "engine.sock").string(); }

  private:
    using Socket = boost::asio::local::stream_protocol::socket;

    struct State {
        State(boost::asio::io_context& loop, const std::string& path, std::string text, Then what)
            : acceptor(loop, boost::asio::local::stream_protocol::endpoint(path)),
              answer(std::move(text)),
              then(what) {}
        boost::asio::local::stream_protocol::acceptor acceptor;
        std::string answer;
        Then then;
        std::vector<Socket> silent;
    };

    static boost::asio::awaitable<void> serve(std::shared_ptr<State> state) {
        constexpr auto tuple = boost::asio::as_tuple(boost::asio::use_awaitable);
        for (;;) {
            auto [error, socket] = co_await state->acceptor.async_accept(tuple);
            if (error) co_return;
            std::string request;
            std::array<char, 4096> buffer{};
            while (request.find("\r\n\r\n") == std::string::npos) {
                const auto [failure, count] =
                    co_await socket.async_read_some(boost::asio::buffer(buffer), tuple);
                if (failure) break;
                request.append(buffer.data(), count);
            }
            co_await boost::asio::async_write(socket, boost::asio::buffer(state->answer), tuple);
            if (state->then == Then::stays_silent) state->silent.push_back(std::move(socket));
        }
    }

    TempDirectory directory_;
    std::shared_ptr<State> state_;
};

} // namespace panel::test
