#include "services/caddy/http_load.hpp"

#include "base/deadline.hpp"
#include "support/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace panel::test {

Upstream::Upstream(std::string name, std::uint16_t port)
    : name_(std::move(name)),
      server_(loop_.get_executor(), {}, [this](net::Request request) { return answer(std::move(request)); }) {
    if (!server_.listen("127.0.0.1", port)) throw std::runtime_error("the upstream's port is taken");
    thread_ = std::thread([this] { loop_.run(); });
}

Upstream::~Upstream() {
    boost::asio::co_spawn(loop_, server_.stop(std::chrono::milliseconds{0}), boost::asio::detached);
    thread_.join();
}

boost::asio::awaitable<net::Response> Upstream::answer(net::Request request) {
    if (request.path == "/slow") co_await sleep_for(std::chrono::milliseconds{30});
    net::Response response;
    response.headers.set("X-Panel-Slot", "forged");
    response.headers.set("X-Saw-Probe", request.headers.has("X-Panel-Probe") ? "yes" : "no");
    response.body = request.method == "POST" ? name_ + request.body : name_;
    co_return response;
}

Visitor::~Visitor() { hang_up(); }

void Visitor::hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    buffer_.clear();
}

Answer Visitor::ask(const std::string& request) {
    if (socket_ < 0) {
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
    }
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return {};
    std::array<char, 16 * 1024> bytes{};
    const auto more = [&] {
        const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(count));
        return count > 0;
    };
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (!more()) return {};
    }
    Answer answer;
    answer.head = buffer_.substr(0, end + 2);
    answer.status = std::stoi(answer.head.substr(9, 3));
    const auto length_at = answer.head.find("Content-Length: ");
    const auto length = length_at == std::string::npos ? 0U : std::stoul(answer.head.substr(length_at + 16));
    while (buffer_.size() < end + 4 + length) {
        if (!more()) return {};
    }
    answer.body = buffer_.substr(end + 4, length);
    buffer_.erase(0, end + 4 + length);
    if (answer.head.contains("Connection: close")) hang_up();
    return answer;
}

Load::Load(std::uint16_t port, std::string host, int visitors) {
    for (int i = 0; i < visitors; ++i) threads_.emplace_back(&Load::visit, this, port, host);
}

void Load::stop() {
    is_stopped_ = true;
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void Load::visit(std::uint16_t port, std::string host) {
    Visitor visitor(port);
    for (int i = 0; !is_stopped_; ++i) {
        if (i % 5 == 4) visitor.hang_up();
        const bool is_post = i % 5 < 2;
        const auto path = i % 3 == 0 ? "/" : "/slow";
        const auto request =
            is_post ? fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Length: 4\r\n\r\nbody", path, host)
                    : fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path, host);
        const auto answer = visitor.ask(request);
        ++asked;
        const std::string suffix = is_post ? "body" : "";
        if (answer.status == 200 && answer.body == "blue" + suffix) {
            ++blue;
        } else if (answer.status == 200 && answer.body == "green" + suffix) {
            ++green;
        } else {
            ++failed;
            visitor.hang_up();
        }
    }
}

} // namespace panel::test
