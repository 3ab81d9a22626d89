#include "net/http_client.hpp"

#include "net/race.hpp"
#include "support/run.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <unistd.h>

using namespace panel;
using namespace panel::net;
using namespace std::chrono_literals;
using namespace boost::asio::experimental::awaitable_operators;
using panel::test::run;
namespace asio = boost::asio;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);

// What the scripted peer does with the one connection it accepts.
struct Script {
    std::string read_until = "\r\n\r\n";  // then `answer` is sent
    std::vector<std::string> answer = {}; // written piece by piece
    bool then_wait = false;               // keep the connection until the client goes
    bool unix_socket = false;
    std::string received = {};
    bool client_left = false;
};

asio::awaitable<void> serve(asio::generic::stream_protocol::socket socket, Script& script) {
    auto [failure, count] = co_await asio::async_read_until(socket, asio::dynamic_buffer(script.received),
                                                            script.read_until, tuple);
    if (failure) co_return;
    for (const auto& piece : script.answer) co_await asio::async_write(socket, asio::buffer(piece), tuple);
    while (script.then_wait && !failure) {
        std::string rest(4096, '\0');
        std::tie(failure, count) = co_await socket.async_read_some(asio::buffer(rest), tuple);
        script.received += rest.substr(0, count);
    }
    script.client_left = true;
}

template <class Acceptor> asio::awaitable<void> accept_one(Acceptor& acceptor, Script& script) {
    asio::generic::stream_protocol::socket socket(co_await asio::this_coro::executor);
    co_await acceptor.async_accept(socket, asio::use_awaitable);
    co_await serve(std::move(socket), script);
}

asio::awaitable<Result<Response>> exchange_by_unix(Call call, Script& script) {
    char folder[] = "/tmp/panel-client-XXXXXX";
    if (::mkdtemp(folder) == nullptr) throw std::runtime_error("mkdtemp");
    const std::string path = std::string(folder) + "/socket";
    asio::local::stream_protocol::acceptor acceptor(co_await asio::this_coro::executor,
                                                    asio::local::stream_protocol::endpoint(path));
    call.endpoint.socket_path = path;
    auto peer = accept_one(acceptor, script);
    auto client = send(std::move(call));
    auto both = std::move(peer) && std::move(client);
    auto result = co_await std::move(both);
    ::unlink(path.c_str());
    ::rmdir(folder);
    co_return result;
}

asio::awaitable<Result<Response>> exchange(Call call, Script& script) {
    if (script.unix_socket) co_return co_await exchange_by_unix(std::move(call), script);
    const asio::ip::tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
    asio::ip::tcp::acceptor acceptor(co_await asio::this_coro::executor, any);
    call.endpoint.port = acceptor.local_endpoint().port();
    auto peer = accept_one(acceptor, script);
    auto client = send(std::move(call));
    auto both = std::move(peer) && std::move(client);
    co_return co_await std::move(both);
}

asio::awaitable<Result<std::string>> numbered(int& next, int count, std::size_t size) {
    if (next == count) co_return std::string{};
    co_return std::string(size, static_cast<char>('a' + next++ % 26));
}
asio::awaitable<Result<std::string>> broken_source() { co_return fail(Code::conflict, "no more"); }

asio::awaitable<Result<void>> collect(std::vector<std::string>& into, std::string_view bytes) {
    into.emplace_back(bytes);
    co_return Result<void>{};
}
asio::awaitable<Result<void>> notify(asio::steady_timer& event, std::string_view) {
    event.cancel();
    co_return Result<void>{};
}
asio::awaitable<Result<void>> refuse(std::string_view) { co_return fail(Code::conflict, "enough"); }
asio::awaitable<Result<void>> explode(std::string_view) {
    throw std::logic_error("sink");
    co_return Result<void>{};
}

asio::awaitable<void> wait_for(asio::steady_timer& event) { co_await event.async_wait(tuple); }

asio::awaitable<void> keep_result(Call call, std::optional<Result<Response>>& result) {
    result = co_await send(std::move(call));
}

// Cancels as soon as a piece of the answer has come.
asio::awaitable<void> send_and_cancel(Call call, std::optional<Result<Response>>& result) {
    asio::steady_timer began(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    call.sink = [&](std::string_view bytes) { return notify(began, bytes); };
    auto client = keep_result(std::move(call), result);
    auto event = wait_for(began);
    co_await race(std::move(client), std::move(event));
}

asio::awaitable<std::optional<Result<Response>>> cancel_while_streaming(Call call, Script& script) {
    std::optional<Result<Response>> result;
    const asio::ip::tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
    asio::ip::tcp::acceptor acceptor(co_await asio::this_coro::executor, any);
    call.endpoint.port = acceptor.local_endpoint().port();
    auto peer = accept_one(acceptor, script);
    auto client = send_and_cancel(std::move(call), result);
    auto both = std::move(peer) && std::move(client);
    co_await std::move(both);
    co_return result;
}

} // namespace

TEST_CASE("a request is sent as asked and its answer comes back") {
    for (const bool unix_socket : {false, true}) {
        Script script{
            .answer = {"HTTP/1.1 201 Created\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhello"},
            .unix_socket = unix_socket};
        const Call call{.method = "POST",
                        .target = "/v1/things?a=%20",
                        .headers = {{"Content-Type", "text/plain"}},
                        .body = "body"};
        const auto response = run(exchange(call, script));
        REQUIRE(response.has_value());
        CHECK(response->status == 201);
        CHECK(response->body == "hello");
        CHECK(response->headers.get("X-a") == "1");
        CHECK(script.received.starts_with("POST /v1/things?a=%20 HTTP/1.1\r\nHost: "));
        CHECK(script.received.find(
                  "\r\nContent-Type: text/plain\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody") !=
              std::string::npos);
    }
}

TEST_CASE("every framing of an answer is understood") {
    struct {
        std::string method;
        std::vector<std::string> answer;
        std::string body;
    } cases[] = {
        {"GET", {"HTTP/1.1 200 OK\r\n\r\nuntil ", "the end"}, "until the end"},
        {"GET", {"HTTP/1.0 200 OK\r\n\r\n"}, ""},
        {"GET",
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r",
          "\n2;x=y\r\nde\r\n0\r\nX: t\r\n\r\n"},
         "abcde"},
        {"GET", {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}, "ok"},
        {"HEAD", {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}, ""},
        {"GET", {"HTTP/1.1 204 No Content\r\n\r\n"}, ""},
        {"GET", {"HTTP/1.1 200 OK\r\nContent-Le", "ngth: 3\r", "\n\r\na", "bc"}, "abc"},
    };
    for (const auto& c : cases) {
        INFO(c.answer.front());
        Script script{.answer = c.answer};
        const auto response = run(exchange({.method = c.method}, script));
        REQUIRE(response.has_value());
        CHECK(response->body == c.body);
    }
}

TEST_CASE("an answer that is broken off or is not HTTP is an error") {
    struct {
        std::string answer;
        Code code;
    } cases[] = {
        {"", Code::unavailable},
        {"HTTP/1.1 200 OK\r\nContent-Le", Code::unavailable},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Code::unavailable},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Code::unavailable},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Code::bad_request},
        {"SSH-2.0-OpenSSH_9.2\r\n", Code::bad_request},
    };
    for (const auto& c : cases) {
        INFO(c.answer);
        Script script{.answer = {c.answer}};
        const auto response = run(exchange({}, script));
        REQUIRE_FALSE(response.has_value());
        CHECK(response.error().code == c.code);
    }
}

TEST_CASE("a peer that cannot be reached is unavailable at once") {
    for (const auto& endpoint :
         {Endpoint{.socket_path = "/nonexistent/socket"}, Endpoint{.host = "127.0.0.1", .port = 1},
          Endpoint{.socket_path = "/tmp/" + std::string(200, 'x')}}) {
        const auto response = run(send({.endpoint = endpoint}), 5s);
        REQUIRE_FALSE(response.has_value());
        CHECK(response.error().code == Code::unavailable);
        CHECK(response.error().message == "Cannot connect.");
    }
}

TEST_CASE("a request that would smuggle a line is refused") {
    const Call calls[] = {{.method = "GET /x HTTP/1.1\r\nA: b"},
                          {.target = "/a b"},
                          {.target = "/\r\nA: b"},
                          {.headers = {{"A", "b\r\nC: d"}}}};
    for (const auto& call : calls) CHECK(run(send(call)).error().code == Code::invalid);
}

TEST_CASE("a body from a source is sent in chunks") {
    int next = 0;
    Script script{.read_until = "\r\n0\r\n\r\n", .answer = {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}};
    Call call{.method = "POST"};
    call.source = [&] { return numbered(next, 2, 18); };
    REQUIRE(run(exchange(call, script)).has_value());
    CHECK(script.received.find("Content-Length") == std::string::npos);
    const std::string chunks =
        "\r\n\r\n12\r\n" + std::string(18, 'a') + "\r\n12\r\n" + std::string(18, 'b') + "\r\n0\r\n\r\n";
    CHECK(script.received.ends_with(chunks));
}

TEST_CASE("an answer that comes before the upload ended wins, whether the peer hangs up or goes on") {
    for (const bool unix_socket : {false, true}) {
        for (const bool then_wait : {false, true}) {
            int next = 0;
            Script script{.answer = {"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nbad"},
                          .unix_socket = unix_socket};
            script.then_wait = then_wait;
            Call call{.method = "POST"};
            call.source = [&] { return numbered(next, 1'000'000'000, 65'536); };
            const auto response = run(exchange(call, script));
            REQUIRE(response.has_value());
            CHECK(response->status == 400);
            CHECK(response->body == "bad");
        }
    }
}

TEST_CASE("an early answer to a large plain body wins too") {
    Script script{.answer = {"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"}};
    const auto response =
        run(exchange({.method = "POST", .body = std::string(32 * 1024 * 1024, 'x')}, script));
    REQUIRE(response.has_value());
    CHECK(response->status == 413);
}

TEST_CASE("an error of the source is the result") {
    Script script{.then_wait = true};
    Call call{.method = "POST"};
    call.source = broken_source;
    const auto response = run(exchange(call, script), 5s);
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().code == Code::conflict);
}

TEST_CASE("a sink gets the body as it comes, but not that of an error") {
    std::vector<std::string> pieces;
    Script script{.answer = {"HTTP/1.1 200 OK\r\n\r\nab", "cd"}};
    Call call;
    call.response_limit = 1;
    call.sink = [&](std::string_view bytes) { return collect(pieces, bytes); };
    const auto response = run(exchange(call, script));
    REQUIRE(response.has_value());
    CHECK(response->body.empty());
    std::string all;
    for (const auto& piece : pieces) all += piece;
    CHECK(all == "abcd");

    pieces.clear();
    call.response_limit = 100;
    Script failing{.answer = {"HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nwhy"}};
    CHECK(run(exchange(call, failing))->body == "why");
    CHECK(pieces.empty());
}

TEST_CASE("a sink's error or exception ends the exchange at once") {
    Script script{.answer = {"HTTP/1.1 200 OK\r\n\r\nab"}, .then_wait = true};
    Call call;
    call.sink = refuse;
    CHECK(run(exchange(call, script), 5s).error().code == Code::conflict);
    call.sink = explode;
    Script again{.answer = {"HTTP/1.1 200 OK\r\n\r\nab"}, .then_wait = true};
    CHECK_THROWS_AS(run(exchange(call, again), 5s), std::logic_error);
}

TEST_CASE("an answer over the limit is refused") {
    Script script{.answer = {"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world"}};
    CHECK(run(exchange({.response_limit = 10}, script)).error().code == Code::too_large);
}

TEST_CASE("the deadline bounds the whole exchange") {
    for (const std::string answer : {"", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello"}) {
        Script script{.answer = {answer}, .then_wait = true};
        const auto response = run(exchange({.deadline = 50ms}, script), 5s);
        REQUIRE_FALSE(response.has_value());
        CHECK(response.error().code == Code::unavailable);
        CHECK(response.error().message == "There was no answer in time.");
        CHECK(script.client_left);
    }
}

TEST_CASE("cancelling the caller closes the connection of an endless answer") {
    Script script{.answer = {"HTTP/1.1 200 OK\r\n\r\nline\n"}, .then_wait = true};
    const auto result =
        run(cancel_while_streaming({.deadline = std::chrono::milliseconds::max()}, script), 5s);
    CHECK(script.client_left);
    REQUIRE(result.has_value());
    CHECK(result->error().code == Code::cancelled);
}
