#include "net/http_server.hpp"

#include "net/server_fixture.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace panel;
using namespace panel::net;
using namespace std::chrono_literals;
using panel::test::ask;
using panel::test::RawClient;
using panel::test::ServerFixture;
using panel::test::status_of;

namespace {

const std::string host = "Host: a\r\n";

std::string get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\n" + host + headers + "\r\n";
}
std::string last(const std::string& target) { return get(target, "Connection: close\r\n"); }

// Head and body of one answer with a Content-Length.
std::string read_answer(RawClient& client) {
    auto head = client.read_until("\r\n\r\n");
    const auto length = head.find("Content-Length: ");
    if (length == std::string::npos) return head;
    return head + client.read(std::stoul(head.substr(length + 16)));
}

HttpServerLimits quick() {
    HttpServerLimits limits;
    limits.header_time = limits.body_time = limits.write_time = 250ms;
    return limits;
}

} // namespace

TEST_CASE("a request is answered, with a date and without naming the server") {
    ServerFixture server;
    const auto answer = ask(server.port, last("/hello"));
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
    CHECK(answer.find(" GMT\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello") != std::string::npos);
    CHECK(answer.find("Server:") == std::string::npos);
}

TEST_CASE("the handler sees method, path, query, headers and the peer") {
    ServerFixture server;
    const auto answer = ask(server.port, get("/describe?a=%20&b", "X-A:  b c\t\r\nConnection: close\r\n"));
    CHECK(answer.ends_with("GET|/describe|a=%20&b|127.0.0.1|Host=a|X-A=b c|Connection=close"));
}

TEST_CASE("headers that are the server's own are not the handler's to set") {
    ServerFixture server;
    const auto answer = ask(server.port, last("/describe"));
    CHECK(answer.find("Content-Length: 3\r\n") == std::string::npos);
    CHECK(answer.find("Server:") == std::string::npos);
    CHECK(answer.find("Content-Type: text/plain\r\n") != std::string::npos);
}

TEST_CASE("a connection is kept for the next request") {
    ServerFixture server;
    RawClient client(server.port);
    for (int i = 0; i < 3; ++i) {
        client.send(get("/hello"));
        CHECK(read_answer(client).ends_with("\r\n\r\nhello"));
    }
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    CHECK(read_answer(client).ends_with("\r\n\r\nabc"));
    CHECK(server.connections() == 1);
}

TEST_CASE("HTTP/1.0 closes, unless it asks to go on") {
    ServerFixture server;
    CHECK(ask(server.port, "GET /hello HTTP/1.0\r\n\r\n").ends_with("Connection: close\r\n\r\nhello"));
    RawClient client(server.port);
    client.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(read_answer(client).ends_with("Connection: keep-alive\r\n\r\nhello"));
    client.send("GET /hello HTTP/1.0\r\n\r\n");
    CHECK(client.read_all().ends_with("Connection: close\r\n\r\nhello"));
}

TEST_CASE("pipelined requests are answered in order, the last one after a half-close") {
    ServerFixture server;
    RawClient client(server.port);
    std::string sent;
    for (int i = 0; i < 1'000; ++i) {
        const auto body = std::to_string(i);
        sent += "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body;
    }
    client.send(sent);
    client.finish();
    for (int i = 0; i < 1'000; ++i) REQUIRE(read_answer(client).ends_with("\r\n\r\n" + std::to_string(i)));
    CHECK(client.read_all().empty());
}

TEST_CASE("a head that arrives byte by byte is understood") {
    ServerFixture server;
    RawClient client(server.port);
    client.socket().set_option(boost::asio::ip::tcp::no_delay(true));
    for (const char byte : last("/hello")) client.send(std::string_view(&byte, 1));
    CHECK(client.read_all().ends_with("hello"));
}

TEST_CASE("HEAD is answered like GET without the body") {
    ServerFixture server;
    const auto answer = ask(server.port, "HEAD /describe HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string body = "GET|/describe||127.0.0.1|Host=a|Connection=close";
    CHECK(answer.find("Content-Length: " + std::to_string(body.size()) + "\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("an answer without content says nothing of its length") {
    ServerFixture server;
    const auto answer = ask(server.port, last("/empty"));
    CHECK(status_of(answer) == 204);
    CHECK(answer.find("Content-Length") == std::string::npos);
}

TEST_CASE("chunked bodies are put together") {
    ServerFixture server;
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(ask(server.port, head + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n")
              .ends_with("\r\n\r\nabc0123456789"));
    RawClient client(server.port);
    client.socket().set_option(boost::asio::ip::tcp::no_delay(true));
    for (const char byte : head + "3\r\nabc\r\n0\r\n\r\n") client.send(std::string_view(&byte, 1));
    CHECK(client.read_all().ends_with("\r\n\r\nabc"));
}

TEST_CASE("a body of a hundred thousand chunks of one byte is put together") {
    ServerFixture server;
    std::string sent =
        "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 100'000; ++i) sent += "1\r\nx\r\n";
    const auto answer = ask(server.port, sent + "0\r\n\r\n");
    CHECK(answer.size() - answer.find("\r\n\r\n") - 4 == 100'000);
}

TEST_CASE("an answer that fills the socket's buffers arrives whole") {
    ServerFixture server;
    const auto answer = ask(server.port, last("/big?20000000"));
    CHECK(answer.size() - answer.find("\r\n\r\n") - 4 == 20'000'000);
}

TEST_CASE("Expect: 100-continue is answered before the body is sent") {
    ServerFixture server;
    RawClient client(server.port);
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    CHECK(read_answer(client).ends_with("\r\n\r\nabc"));
}

TEST_CASE("what two readers might read differently is refused, and the connection closed") {
    const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
    const struct {
        std::string name, sent;
        int status;
    } cases[] = {
        {"length and coding", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"coding and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
        {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {"the same length twice", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"list of lengths", post + "Content-Length: 3,3\r\n\r\nabc", 400},
        {"signed length", post + "Content-Length: +3\r\n\r\nabc", 400},
        {"negative length", post + "Content-Length: -3\r\n\r\nabc", 400},
        {"hexadecimal length", post + "Content-Length: 0x3\r\n\r\nabc", 400},
        {"empty length", post + "Content-Length:\r\n\r\nabc", 400},
        {"overflowing length", post + "Content-Length: 99999999999999999999999\r\n\r\nabc", 400},
        {"coding twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         400},
        {"chunked, identity", post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400},
        {"identity", post + "Transfer-Encoding: identity\r\n\r\n", 400},
        {"gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
        {"vertical tab before chunked",
         post + "Transfer-Encoding: \x0b"
                "chunked\r\n\r\n0\r\n\r\n",
         400},
        {"coding in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"chunk size with sign", chunked + "+3\r\nabc\r\n0\r\n\r\n", 400},
        {"chunk size with prefix", chunked + "0x3\r\nabc\r\n0\r\n\r\n", 400},
        {"chunk size overflow", chunked + "fffffffffffffffff\r\nabc\r\n0\r\n\r\n", 400},
        {"huge chunk", chunked + "ffffffffffffffff\r\nabc\r\n0\r\n\r\n", 413},
        {"chunk without size", chunked + "\r\nabc\r\n0\r\n\r\n", 400},
        {"chunk longer than said", chunked + "3\r\nabcd\r\n0\r\n\r\n", 400},
        {"chunk with bare line feed", chunked + "3\nabc\n0\n\n", 400},
        {"chunk with bare line feed in its extension", chunked + "3;a\nb=c\r\nabc\r\n0\r\n\r\n", 400},
        {"endless chunk extension", chunked + "3;a=" + std::string(100'000, 'x'), 400},
        {"trailer", chunked + "3\r\nabc\r\n0\r\nX: y\r\n\r\n", 400},
        {"bare line feeds", "GET /hello HTTP/1.1\nHost: a\n\n", 400},
        {"one bare line feed", "GET /hello HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
        {"bare carriage return", "GET /hello HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
        {"line folding", get("/hello", "X: a\r\n b\r\n"), 400},
        {"line folding by tab", get("/hello", "X: a\r\n\tb\r\n"), 400},
        {"folded first header", "GET /hello HTTP/1.1\r\n X: a\r\nHost: a\r\n\r\n", 400},
        {"space before the colon", get("/hello", "Transfer-Encoding : chunked\r\n"), 400},
        {"header without colon", get("/hello", "X-A\r\n"), 400},
        {"header without name", get("/hello", ": b\r\n"), 400},
        {"header name with a space", get("/hello", "X A: b\r\n"), 400},
        {"NUL in a header", get("/hello", std::string("X: a\0b\r\n", 8)), 400},
        {"NUL in the target", std::string("GET /he\0llo HTTP/1.1\r\nHost: a\r\n\r\n", 33), 400},
        {"no host", "GET /hello HTTP/1.1\r\n\r\n", 400},
        {"two hosts", get("/hello", "Host: b\r\n"), 400},
        {"empty host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"host with a path", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"host list", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        {"absolute target of another host", "GET http://b/hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"absolute target with a user", "GET http://u@a/hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"authority target", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"relative target", "GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"asterisk", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"fragment", "GET /hello#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"raw bytes in the target", "GET /h\xc3\xa9llo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"two spaces", "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"space in the target", "GET /hello x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"HTTP/0.9", "GET /hello\r\n\r\n", 400},
        {"HTTP/2.0", "GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 400},
        {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {"lower-case version", "GET /hello http/1.1\r\nHost: a\r\n\r\n", 400},
        {"empty line first", "\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"TLS", "\x16\x03\x01\x02\r\n\r\n", 400},
        {"compressed body", post + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 415},
        {"unknown expectation", post + "Expect: a-miracle\r\nContent-Length: 3\r\n\r\nabc", 417},
    };
    ServerFixture server;
    for (const auto& c : cases) {
        INFO(c.name);
        const auto answer = ask(server.port, c.sent + get("/smuggled"));
        CHECK(status_of(answer) == c.status);
        CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
        CHECK(answer.find("\r\nContent-Type: application/problem+json\r\n") != std::string::npos);
        CHECK(answer.find("HTTP/1.1", 1) == std::string::npos); // one answer only
    }
    CHECK(server.requests == 0);
}

TEST_CASE("what looks odd but is plain HTTP is taken") {
    const std::string cases[] = {
        "GET http://A/hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.1\r\nhOsT:a\r\nX-Empty:\r\nX: \xc3\xa9\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
    };
    ServerFixture server;
    for (const auto& sent : cases) {
        INFO(sent);
        CHECK(ask(server.port, sent).ends_with("hello"));
    }
}

TEST_CASE("a header block over its limits is refused with 431") {
    ServerFixture server;
    std::string fields;
    for (int i = 0; i < 98; ++i) fields += "X: y\r\n"; // with Host and Connection that makes a hundred
    CHECK(status_of(ask(server.port, get("/hello", fields + "Connection: close\r\n"))) == 200);
    CHECK(status_of(ask(server.port, get("/hello", fields + "Connection: close\r\nX: y\r\n"))) == 431);
    CHECK(status_of(ask(server.port, get("/hello", "X: " + std::string(16 * 1024, 'y') + "\r\n"))) == 431);
    CHECK(status_of(ask(server.port, std::string(17 * 1024, 'y'))) == 431);
    CHECK(status_of(ask(server.port, get("/hello", "X: " + std::string(16'000, 'y') +
                                                       "\r\nConnection: close\r\n"))) == 200);
}

TEST_CASE("a body over its limit is refused with 413, and webhooks have a limit of their own") {
    HttpServerLimits limits;
    limits.body_bytes = 10;
    limits.webhook_body_bytes = 20;
    ServerFixture server(limits);
    const struct {
        std::string path;
        std::size_t size;
        int status;
    } cases[] = {{"/echo", 10, 200},
                 {"/echo", 11, 413},
                 {"/api/v1/webhooks/github/1", 20, 404},
                 {"/api/v1/webhooks/github/1", 21, 413}};
    for (const auto& c : cases) {
        const std::string head = "POST " + c.path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
        const std::string body(c.size, 'x');
        CHECK(status_of(ask(server.port, head + "Content-Length: " + std::to_string(c.size) + "\r\n\r\n" +
                                             body)) == c.status);
        std::string chunks;
        for (const char byte : body) chunks += std::string("1\r\n") + byte + "\r\n";
        CHECK(status_of(ask(server.port,
                            head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n")) == c.status);
    }
    CHECK(server.requests == 4);
}

TEST_CASE("a client that goes on sending what was refused still gets the answer") {
    ServerFixture server;
    const auto answer = ask(server.port, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n" +
                                             std::string(700'000, 'x'));
    CHECK(status_of(answer) == 413);
}

TEST_CASE("a slow head or body is told 408, a slow start is hung up on") {
    auto limits = quick();
    limits.idle_time = 250ms;
    ServerFixture server(limits);
    CHECK(status_of(ask(server.port, "GET /hello HT")) == 408);
    CHECK(status_of(ask(server.port, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")) ==
          408);
    CHECK(ask(server.port, "").empty());
    RawClient client(server.port);
    client.send(get("/hello"));
    CHECK(read_answer(client).ends_with("hello"));
    CHECK(client.read_all().empty());
    CHECK(server.requests == 1);
}

TEST_CASE("a client that does not read its answer is hung up on") {
    ServerFixture server(quick());
    RawClient client(server.port);
    client.send(last("/big?50000000"));
    while (server.requests == 0 || server.connections() > 0) std::this_thread::yield();
    const auto answer = client.read_all();
    CHECK(answer.size() < 50'000'000);
}

TEST_CASE("a handler that throws answers 500 and the server goes on") {
    ServerFixture server;
    RawClient client(server.port);
    client.send(get("/throw"));
    const auto answer = read_answer(client);
    CHECK(status_of(answer) == 500);
    CHECK(answer.find("handler") == std::string::npos);
    client.send(get("/hello"));
    CHECK(read_answer(client).ends_with("hello"));
}

TEST_CASE("an answer with a line end in a header is not sent") {
    ServerFixture server;
    const auto answer = ask(server.port, last("/header-injection"));
    CHECK(status_of(answer) == 500);
    CHECK(answer.find("X-C") == std::string::npos);
}

TEST_CASE("a client that leaves while its request is handled harms nothing") {
    ServerFixture server;
    for (int i = 0; i < 3; ++i) {
        RawClient client(server.port);
        client.send(get("/wait") + get("/big?1000000"));
        while (server.waiting <= i) std::this_thread::yield();
        client.reset();
    }
    server.release();
    while (server.connections() > 0) std::this_thread::yield();
    CHECK(ask(server.port, last("/hello")).ends_with("hello"));
}

TEST_CASE("connections over the cap are closed, and taken again later") {
    HttpServerLimits limits;
    limits.connections = 2;
    ServerFixture server(limits);
    {
        RawClient first(server.port), second(server.port);
        first.send(get("/hello"));
        second.send(get("/hello"));
        CHECK(read_answer(first).ends_with("hello"));
        CHECK(read_answer(second).ends_with("hello"));
        CHECK(ask(server.port, last("/hello")).empty());
    }
    while (server.connections() > 0) std::this_thread::yield();
    CHECK(ask(server.port, last("/hello")).ends_with("hello"));
}

TEST_CASE("stopping drops idle connections, lets a running request finish and refuses new ones") {
    ServerFixture server;
    RawClient idle(server.port), busy(server.port);
    idle.send(get("/hello"));
    CHECK(read_answer(idle).ends_with("hello"));
    busy.send(get("/wait"));
    while (server.waiting == 0) std::this_thread::yield();
    auto stopped = server.stop(10s);
    CHECK(idle.read_all().empty());
    server.release();
    CHECK(busy.read_all().ends_with("Connection: close\r\n\r\nreleased"));
    stopped.get();
    CHECK_THROWS(RawClient(server.port));
}

TEST_CASE("stopping cancels a request that outlasts its patience") {
    ServerFixture server;
    RawClient busy(server.port);
    busy.send(get("/wait"));
    while (server.waiting == 0) std::this_thread::yield();
    server.stop(20ms).get();
    CHECK(busy.read_all().empty());
}

TEST_CASE("a taken or impossible address is an error") {
    ServerFixture server;
    boost::asio::io_context loop;
    HttpServer other(loop.get_executor(), {}, {});
    CHECK(other.listen("127.0.0.1", server.port).error().code == Code::unavailable);
    CHECK(other.listen("192.0.2.1", 0).error().code == Code::unavailable);
    CHECK(other.listen("localhost", 0).error().code == Code::invalid);
}
