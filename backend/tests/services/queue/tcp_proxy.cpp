#include "services/queue/tcp_proxy.hpp"

#include <boost/asio/write.hpp>

#include <array>

namespace panel::test {

namespace asio = boost::asio;

struct TcpProxy::Pipe {
    Pipe(asio::ip::tcp::socket c, asio::io_context& loop) : client(std::move(c)), server(loop) {}
    void close() {
        boost::system::error_code ignored;
        client.close(ignored);
        server.close(ignored);
    }
    asio::ip::tcp::socket client;
    asio::local::stream_protocol::socket server;
    std::array<char, 65'536> up{};
    std::array<char, 65'536> down{};
    bool lose = false;
};

TcpProxy::TcpProxy(asio::io_context& loop, std::string socket_path)
    : loop_(loop),
      socket_path_(std::move(socket_path)),
      acceptor_(loop, {asio::ip::make_address("127.0.0.1"), 0}) {
    accept();
}

TcpProxy::~TcpProxy() {
    *alive_ = false;
    cut();
}

std::string TcpProxy::url() const {
    return "redis://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

void TcpProxy::cut() {
    for (const auto& weak : pipes_)
        if (const auto pipe = weak.lock()) pipe->close();
    pipes_.clear();
}

void TcpProxy::accept() {
    acceptor_.async_accept(
        [this, alive = alive_](boost::system::error_code error, asio::ip::tcp::socket socket) {
            if (error || !*alive) return;
            if (!refuse) {
                auto pipe = std::make_shared<Pipe>(std::move(socket), loop_);
                boost::system::error_code away;
                pipe->server.connect(asio::local::stream_protocol::endpoint(socket_path_), away);
                if (!away) {
                    pipes_.push_back(pipe);
                    forward(pipe);
                    back(pipe);
                }
            }
            accept();
        });
}

void TcpProxy::forward(const std::shared_ptr<Pipe>& pipe) {
    pipe->client.async_read_some(
        asio::buffer(pipe->up),
        [this, pipe, alive = alive_](boost::system::error_code error, std::size_t count) {
            if (error || !*alive) return pipe->close();
            const std::string sent(pipe->up.data(), count);
            if (lose_answer_to && lose_answer_to(sent)) pipe->lose = true;
            if (!swallow) asio::write(pipe->server, asio::buffer(sent), error);
            if (error) return pipe->close();
            forward(pipe);
        });
}

void TcpProxy::back(const std::shared_ptr<Pipe>& pipe) {
    pipe->server.async_read_some(
        asio::buffer(pipe->down),
        [this, pipe, alive = alive_](boost::system::error_code error, std::size_t count) {
            if (error || !*alive || pipe->lose) return pipe->close();
            if (!swallow) asio::write(pipe->client, asio::buffer(pipe->down.data(), count), error);
            if (error) return pipe->close();
            back(pipe);
        });
}

} // namespace panel::test
