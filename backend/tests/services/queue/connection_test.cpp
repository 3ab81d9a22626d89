#include "base/deadline.hpp"
#include "services/queue/redis/slots.hpp"
#include "services/queue/redis/target.hpp"
#include "services/queue/world.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace panel;
using namespace panel::queue;
using namespace panel::test;

namespace {

std::string refusal_of(std::string_view url) {
    const auto target = redis::parse_target(url);
    return target ? "" : target.error().message;
}

} // namespace

TEST_CASE("addresses of Redis are read") {
    const auto plain = redis::parse_target("redis://localhost/3");
    REQUIRE(plain);
    CHECK(plain->addresses[0].port == 6379);
    CHECK(plain->db == 3);
    const auto full = redis::parse_target("rediss://us%40er:p%3Aw%2F@redis.example.com:6380");
    REQUIRE(full);
    CHECK(full->user == "us@er");
    CHECK(full->password.reveal() == "p:w/");
    CHECK(full->addresses[0].tls);
    CHECK(full->addresses[0].host == "redis.example.com");
    CHECK(full->addresses[0].port == 6380);
    const auto socket = redis::parse_target("unix://:secret@/run/redis.sock?db=2");
    REQUIRE(socket);
    CHECK(socket->addresses[0].socket_path == "/run/redis.sock");
    CHECK(socket->db == 2);
    CHECK(socket->password.reveal() == "secret");
    const auto cluster = redis::parse_target("redis-cluster://127.0.0.1:7000,[::1]:7001,localhost");
    REQUIRE(cluster);
    CHECK(cluster->is_cluster);
    CHECK(redis::name_of(cluster->addresses[1]) == "[::1]:7001");
    CHECK(cluster->addresses[2].port == 6379);
}

TEST_CASE("a Redis elsewhere without a password is refused, in a plain sentence") {
    CHECK(refusal_of("redis://10.0.0.5").find("asks for no password") != std::string::npos);
    CHECK(refusal_of("redis://redis.example.com").find("asks for no password") != std::string::npos);
    CHECK(refusal_of("redis-cluster://127.0.0.1,10.0.0.5").find("asks for no password") != std::string::npos);
    CHECK(refusal_of("redis://127.0.0.1").empty());
    CHECK(refusal_of("redis://[::1]:6379").empty());
    CHECK(refusal_of("redis://:pw@10.0.0.5").empty());
}

TEST_CASE("wrong addresses are refused without showing the password") {
    for (const auto* url :
         {"http://x", "redis://", "redis://:hunter2@h:0", "redis://:hunter2@h:99999", "redis://:hunter2@h/x",
          "redis://hunter2@localhost", "redis://[::1", "redis://a,b", "redis://:hunter2%zz@h",
          "unix://relative", "unix:///x?y=1", "redis-cluster://:hunter2@h/1"}) {
        const auto message = refusal_of(url);
        CHECK_MESSAGE(!message.empty(), url);
        CHECK(message.find("hunter2") == std::string::npos);
    }
}

TEST_CASE("slots of a cluster are those of the specification") {
    CHECK(redis::slot_of("123456789") == 0x31C3 % 16'384);
    CHECK(redis::slot_of("foo") == 12'182);
    CHECK(redis::slot_of("{user1000}.following") == redis::slot_of("{user1000}.followers"));
    CHECK(redis::slot_of("foo{}{bar}") == redis::slot_of("foo{}{bar}"));
    CHECK(redis::slot_of("foo{{bar}}zap") == redis::slot_of("{bar"));
    const auto moved = redis::redirection_in("MOVED 3999 127.0.0.1:6381");
    REQUIRE(moved);
    CHECK(moved->slot == 3'999);
    CHECK(moved->node == redis::NodeName{"127.0.0.1", 6381});
    CHECK(redis::redirection_in("ASK 1 ::1:6381")->is_ask);
    CHECK(redis::redirection_in("ASK 1 ::1:6381")->node.host == "::1");
    CHECK_FALSE(redis::redirection_in("MOVED 99999 a:1"));
    CHECK_FALSE(redis::redirection_in("ERR no"));
}

TEST_CASE("user, password and database are used; a wrong password is told, not written down") {
    RedisServer server({"--requirepass", "secret"}, free_port());
    boost::asio::io_context loop(1);
    const auto call = [&](const std::string& url, std::vector<std::string> words) {
        redis::Redis redis(loop.get_executor(), *redis::parse_target(url));
        auto reply = test::run(loop, redis.call("k", std::move(words)));
        test::run(loop, redis.stop());
        return reply;
    };
    const auto at = "127.0.0.1:" + std::to_string(server.port());
    CHECK(call("redis://:secret@" + at + "/5", {"SET", "k", "five"}));
    CHECK(call("redis://default:secret@" + at + "/5", {"GET", "k"})->text == "five");
    CHECK(call("redis://:secret@" + at + "/4", {"GET", "k"})->is_nil());
    const auto wrong = call("redis://:guess@" + at, {"GET", "k"});
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message.find("WRONGPASS") != std::string::npos);
    CHECK(wrong.error().message.find("guess") == std::string::npos);
}

TEST_CASE("calls of many coroutines at once get their own answers") {
    QueueWorld world;
    redis::Redis redis(world.loop.get_executor(), world.redis.target());
    struct Echo {
        static asio::awaitable<void> one(redis::Redis& redis, int number, int& right) {
            const auto text = std::to_string(number);
            auto calling = redis.call("k", {"ECHO", text});
            const auto reply = co_await std::move(calling);
            if (reply && reply->text == text) ++right;
        }
    };
    int right = 0;
    for (int i = 0; i < 2'000; ++i)
        asio::co_spawn(world.loop, Echo::one(redis, i, right), [](std::exception_ptr) {});
    CHECK(world.until([&] { return right == 2'000; }));
    world.run(redis.stop());
}
