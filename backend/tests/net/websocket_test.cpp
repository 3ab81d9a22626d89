#include "net/websocket.hpp"

#include "net/server_fixture.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <thread>

using namespace panel;
using namespace panel::net;
using namespace std::chrono_literals;
using panel::test::ask;
using panel::test::RawClient;
using panel::test::ServerFixture;
using panel::test::status_of;
namespace websocket = boost::beast::websocket;

namespace {

// Beast's own client, blocking.
class Client {
  public:
    explicit Client(std::uint16_t port) : raw_(port), stream_(raw_.socket()) {
        stream_.handshake(answer_, "a", "/ws");
    }
    void send(std::string_view text) { stream_.write(boost::asio::buffer(text)); }
    void send_binary(std::string_view bytes) {
        stream_.binary(true);
        send(bytes);
    }
    std::optional<std::string> receive() {
        boost::beast::flat_buffer buffer;
        boost::system::error_code error;
        stream_.read(buffer, error);
        if (error) return std::nullopt;
        return std::string(static_cast<const char*>(buffer.cdata().data()), buffer.size());
    }
    // The code that the server closed with; 0 when it just hung up.
    int close_code() {
        while (receive()) {
        }
        return stream_.reason().code;
    }
    std::string close_reason() { return {stream_.reason().reason.data(), stream_.reason().reason.size()}; }
    void close() { stream_.close(websocket::close_code::going_away); }
    void ping() { stream_.ping({}); }
    websocket::response_type& answer() { return answer_; }
    RawClient& raw() { return raw_; }

  private:
    RawClient raw_;
    websocket::response_type answer_;
    websocket::stream<boost::asio::ip::tcp::socket&, false> stream_;
};

const std::string key = "dGhlIHNhbXBsZSBub25jZQ=="; // RFC 6455 section 1.3

std::string handshake(const std::string& headers) {
    return "GET /ws HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

// A client frame with the mask 0, so that the payload goes as it is.
std::string frame(int first, std::string_view payload, bool masked = true) {
    std::string bytes(1, static_cast<char>(first));
    bytes += static_cast<char>((masked ? 0x80 : 0) | static_cast<int>(payload.size()));
    if (masked) bytes.append(4, '\0');
    return bytes + std::string(payload);
}

// The code in the close frame that ends what the server sends; 0 when there is none.
int close_code_after(std::uint16_t port, std::string_view frames) {
    RawClient client(port);
    client.send(handshake(
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
        key + "\r\n"));
    REQUIRE(status_of(client.read_until("\r\n\r\n")) == 101);
    client.send(frames);
    const auto head = client.read(2);
    if (head.size() < 2 || static_cast<unsigned char>(head[0]) != 0x88) return 0;
    const auto payload = client.read(static_cast<unsigned char>(head[1]));
    return static_cast<unsigned char>(payload.at(0)) * 256 + static_cast<unsigned char>(payload.at(1));
}

} // namespace

TEST_CASE("the handshake is the one of RFC 6455, with the handler's headers") {
    ServerFixture server;
    RawClient client(server.port);
    client.send(handshake("Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: "
                          "13\r\nSec-WebSocket-Key: " +
                          key + "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"));
    const auto answer = client.read_until("\r\n\r\n");
    CHECK(status_of(answer) == 101);
    CHECK(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos);
    CHECK(answer.find("X-Extra: yes\r\n") != std::string::npos);
    CHECK(answer.find("Extensions") == std::string::npos);
    CHECK(answer.find("Beast") == std::string::npos);
}

TEST_CASE("a handshake that is not in order is refused") {
    const std::string version = "Sec-WebSocket-Version: 13\r\n",
                      with_key = "Sec-WebSocket-Key: " + key + "\r\n";
    const std::string upgrade = "Upgrade: websocket\r\n", connection = "Connection: Upgrade\r\n";
    const struct {
        std::string sent;
        int status;
    } cases[] = {
        {handshake(""), 426},
        {handshake(connection + version + with_key), 426},
        {handshake(upgrade + version + with_key), 426},
        {handshake("Upgrade: h2c\r\n" + connection + version + with_key), 426},
        {handshake(upgrade + connection + with_key), 426},
        {handshake(upgrade + connection + "Sec-WebSocket-Version: 8\r\n" + with_key), 426},
        {handshake(upgrade + connection + version), 400},
        {handshake(upgrade + connection + version + "Sec-WebSocket-Key: short\r\n"), 400},
        {handshake(upgrade + connection + version + with_key) + "early", 400},
        {"POST /ws HTTP/1.1\r\nHost: a\r\n" + upgrade + connection + version + with_key + "\r\n", 400},
    };
    ServerFixture server;
    for (const auto& c : cases) {
        INFO(c.sent);
        const auto answer = ask(server.port, c.sent);
        CHECK(status_of(answer) == c.status);
        CHECK((answer.find("Sec-WebSocket-Version: 13\r\n") != std::string::npos) == (c.status == 426));
    }
}

TEST_CASE("text messages go both ways, in order") {
    ServerFixture server;
    Client client(server.port);
    CHECK(client.answer()["X-Extra"] == "yes");
    for (int i = 0; i < 50; ++i) client.send(std::to_string(i));
    for (int i = 0; i < 50; ++i) CHECK(client.receive() == "echo " + std::to_string(i));
    const std::string large(64 * 1024, 'x');
    client.send(large);
    CHECK(client.receive() == "echo " + large);
}

TEST_CASE("each ending has its close code") {
    ServerFixture server;
    const auto code_after = [&](std::string_view text) {
        Client client(server.port);
        client.send(text);
        return client.close_code();
    };
    CHECK(code_after("return") == 1000);
    CHECK(code_after("throw") == 1011);
    CHECK(code_after(std::string(64 * 1024 + 1, 'x')) == 1009);
    Client closing(server.port), binary(server.port);
    closing.send("close");
    CHECK(closing.close_code() == 4001);
    CHECK(closing.close_reason() == std::string(123, 'r'));
    binary.send_binary("x");
    CHECK(binary.close_code() == 1003);
}

TEST_CASE("frames that break RFC 6455 are closed with its codes") {
    const struct {
        std::string name, frames;
        int code;
    } cases[] = {
        {"invalid UTF-8", frame(0x81, "\xff\xff"), 1007},
        {"overlong UTF-8", frame(0x81, "\xc0\xaf"), 1007},
        {"unmasked", frame(0x81, "x", false), 1002},
        {"reserved bit", frame(0xC1, "x"), 1002},
        {"reserved opcode", frame(0x83, "x"), 1002},
        {"reserved control opcode", frame(0x8B, "x"), 1002},
        {"fragmented ping", frame(0x09, "x"), 1002},
        {"control frame over 125 bytes", std::string("\x89\xfe\x00\x7e\0\0\0\0", 8) + std::string(126, 'x'),
         1002},
        {"continuation of nothing", frame(0x80, "x"), 1002},
        {"text within a fragmented text", frame(0x01, "x") + frame(0x81, "x"), 1002},
        {"length of 2^63", std::string("\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14), 1009},
        {"length of 2^62", std::string("\x81\xff\x40\0\0\0\0\0\0\0\0\0\0\0", 14), 1009},
        {"close code 1005", frame(0x88, std::string("\x03\xed", 2)), 1002},
        {"close code 1006", frame(0x88, std::string("\x03\xee", 2)), 1002},
        {"close with one byte", frame(0x88, "x"), 1002},
        {"too large by fragments",
         [] {
             std::string all = frame(0x01, std::string(100, 'x'));
             for (int i = 0; i < 700; ++i) all += frame(0x00, std::string(100, 'x'));
             return all;
         }(),
         1009},
    };
    ServerFixture server;
    for (const auto& c : cases) {
        INFO(c.name);
        CHECK(close_code_after(server.port, c.frames) == c.code);
    }
}

TEST_CASE("too many messages or pings a minute are closed with 1008") {
    ServerFixture server;
    Client chatty(server.port);
    for (int i = 0; i < 101; ++i) chatty.send("x");
    int answers = 0;
    while (chatty.receive()) ++answers;
    CHECK(answers == 100);
    CHECK(chatty.close_code() == 1008);
    Client pinging(server.port);
    for (int i = 0; i < 101; ++i) pinging.ping();
    CHECK(pinging.close_code() == 1008);
}

TEST_CASE("what is queued when a socket closes is still delivered") {
    ServerFixture server;
    Client client(server.port);
    client.send("last words");
    for (int i = 0; i < 10; ++i) CHECK(client.receive() == "word");
    CHECK(client.close_code() == 1000);
}

TEST_CASE("a reader that is too far behind is closed with 1013") {
    ServerFixture server;
    Client client(server.port);
    client.send("flood");
    while (server.refused == 0) std::this_thread::yield();
    CHECK(server.refused <= 1024 * 1024);
    CHECK(server.refused > 1024 * 1024 - 64 * 1024);
    CHECK(client.close_code() == 1013); // it reads what was under way, not the megabyte behind it
}

TEST_CASE("a reader that stays behind is hung up on in the end") {
    HttpServerLimits limits;
    limits.websocket_close_time = 80ms;
    ServerFixture server(limits);
    Client client(server.port);
    client.send("flood");
    while (server.refused == 0 || server.connections() > 0) std::this_thread::yield();
    CHECK(client.close_code() == 0);
}

TEST_CASE("a silent peer is pinged, and given up when it does not answer") {
    HttpServerLimits limits;
    limits.websocket_silence = 400ms;
    ServerFixture server(limits);
    RawClient silent(server.port);
    silent.send(handshake(
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
        key + "\r\n"));
    silent.read_until("\r\n\r\n");
    CHECK(silent.read_all() == std::string("\x89\x00", 2));

    Client answering(server.port);
    std::string text;
    std::thread reader([&] { text = answering.receive().value_or(""); }); // reading answers the pings
    RawClient other(server.port);
    other.send(handshake(
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
        key + "\r\n"));
    other.read_all(); // longer than the silence that is allowed
    while (server.connections() > 1) std::this_thread::yield();
    auto stopped = server.stop(5s);
    reader.join();
    stopped.get();
    CHECK(answering.close_code() == 1001);
}

TEST_CASE("a peer that closes or vanishes ends the handler") {
    ServerFixture server;
    Client closing(server.port), vanishing(server.port);
    closing.send("x");
    CHECK(closing.receive() == "echo x");
    closing.close();
    vanishing.raw().reset();
    while (server.connections() > 0) std::this_thread::yield();
    CHECK(ask(server.port, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").ends_with("hello"));
}

TEST_CASE("stopping closes sockets with 1001, also of peers that do not answer") {
    HttpServerLimits limits;
    limits.websocket_close_time = 80ms;
    ServerFixture server(limits);
    Client polite(server.port), mute(server.port);
    polite.send("x");
    CHECK(polite.receive() == "echo x");
    auto stopped = server.stop(5s);
    CHECK(polite.close_code() == 1001);
    CHECK(stopped.wait_for(3s) == std::future_status::ready);
    CHECK(mute.close_code() == 1001);
}
