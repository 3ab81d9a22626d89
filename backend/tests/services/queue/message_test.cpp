#include "crypto/encoding.hpp"
#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"
#include "services/queue/world.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace panel;
using namespace panel::queue;
using std::chrono::milliseconds;

namespace {

std::string hex_of(Job job) {
    REQUIRE(asynq::prepare(job));
    return crypto::hex_encode(asynq::encode(asynq::message_of(job)));
}

Job welcome(std::string id) {
    auto job = test::job("email:welcome", R"({"a":1})");
    job.id = std::move(id);
    return job;
}

} // namespace

// The bytes below were written by github.com/hibiken/asynq v0.26.0 for the same options.
TEST_CASE("a plain task is written byte for byte as asynq writes it") {
    CHECK(hex_of(welcome("plain")) ==
          "0a0d656d61696c3a77656c636f6d6512077b2261223a317d1a05706c61696e220764656661756c74281940880e");
}

TEST_CASE("a task with all options is written byte for byte as asynq writes it") {
    auto job = welcome("all");
    job.queue = "q4";
    job.max_retry = 3;
    job.timeout = milliseconds{1'000};
    job.deadline = Timestamp{std::chrono::seconds{2'000'000'000}};
    job.retention = std::chrono::hours{2};
    CHECK(hex_of(job) ==
          "0a0d656d61696c3a77656c636f6d6512077b2261223a317d1a03616c6c22027134280340014880a8d6b90760a038");
}

TEST_CASE("headers are written byte for byte as asynq writes them") {
    auto job = test::job("h", "x");
    job.id = "hdr";
    job.headers["k"] = "v";
    CHECK(hex_of(job) == "0a01681201781a03686472220764656661756c74281940880e7a060a016b120176");
}

TEST_CASE("a group of asynq is read and kept, byte for byte") {
    const std::string grouped =
        "0a0d656d61696c3a77656c636f6d6512077b2261223a317d1a03677270220764656661756c74281940880e72026731";
    const auto message = asynq::decode(*crypto::hex_decode(grouped));
    REQUIRE(message);
    CHECK(asynq::delivery_of(*message).job.group == "g1");
    CHECK(crypto::hex_encode(asynq::encode(*message)) == grouped);
}

TEST_CASE("the lock of a unique task has asynq's name") {
    CHECK(asynq::keys::unique("default", "email:welcome", R"({"a":1})") ==
          "asynq:{default}:unique:email:welcome:bb6cb5c68df4652941caf652a366f2d8");
    CHECK(asynq::keys::unique("default", "t", "") == "asynq:{default}:unique:t:");
}

TEST_CASE("durations below a second become one second, not none") {
    auto job = welcome("short");
    job.timeout = milliseconds{500};
    job.retention = milliseconds{900};
    const auto message = asynq::message_of(job);
    CHECK(message.timeout() == 1);
    CHECK(message.retention() == 1);
}

TEST_CASE("without timeout and deadline a task gets asynq's thirty minutes") {
    auto job = welcome("none");
    job.timeout = milliseconds{0};
    CHECK(asynq::message_of(job).timeout() == 1800);
    job.deadline = Timestamp{std::chrono::seconds{2'000'000'000}};
    CHECK(asynq::message_of(job).timeout() == 0);
}

TEST_CASE("a try ends at the earlier of timeout and deadline") {
    const Timestamp now{std::chrono::seconds{1'000}};
    asynq::TaskMessage message;
    CHECK(asynq::end_of_try(message, now) == now + std::chrono::minutes{30});
    message.set_timeout(60);
    CHECK(asynq::end_of_try(message, now) == now + std::chrono::minutes{1});
    message.set_deadline(1'010);
    CHECK(asynq::end_of_try(message, now) == now + std::chrono::seconds{10});
    message.set_timeout(0);
    CHECK(asynq::end_of_try(message, now) == now + std::chrono::seconds{10});
}

TEST_CASE("names that asynq could not read or keys could not hold are refused with the field") {
    const auto refused = [](auto change) {
        auto job = welcome("x");
        change(job);
        const auto prepared = asynq::prepare(job);
        return prepared ? std::string() : prepared.error().fields.front().field;
    };
    CHECK(refused([](Job& job) { job.type = " \t"; }) == "type");
    CHECK(refused([](Job& job) { job.type = "\xff\xfe"; }) == "type");
    CHECK(refused([](Job& job) { job.id = std::string("a\0b", 3); }) == "id");
    CHECK(refused([](Job& job) { job.queue = ""; }) == "queue");
    CHECK(refused([](Job& job) { job.queue = "a}b"; }) == "queue");
    CHECK(refused([](Job& job) { job.queue = std::string(600, 'q'); }) == "queue");
    CHECK(refused([](Job& job) { job.headers["k"] = "\xc0"; }) == "headers");
    CHECK(refused([](Job& job) { job.max_retry = -1; }) == "max_retry");
    CHECK(refused([](Job& job) { job.payload = std::string("\xff\0", 2); }).empty());
}

TEST_CASE("a job without an id gets a random UUID") {
    auto job = welcome("");
    REQUIRE(asynq::prepare(job));
    CHECK(job.id.size() == 36);
    CHECK(job.id[14] == '4');
    CHECK(std::string("89ab").find(job.id[19]) != std::string::npos);
}

TEST_CASE("error texts are kept as valid UTF-8 of bounded length") {
    CHECK(asynq::error_text("\xff\xfe broke") == "\xEF\xBF\xBD\xEF\xBF\xBD broke");
    CHECK(asynq::error_text(std::string(100'000, 'x')).size() == 8 * 1024);
    CHECK(asynq::error_text(std::string(100'000, '\xff')).size() <= 8 * 1024);
}

TEST_CASE("fields that are not known survive reading and writing") {
    auto bytes = asynq::encode(asynq::message_of(welcome("future")));
    bytes += std::string("\x9a\x06\x03new", 6); // field 99, bytes
    auto message = asynq::decode(bytes);
    REQUIRE(message);
    message->set_retried(2);
    CHECK(asynq::encode(*message).find(std::string("\x9a\x06\x03new", 6)) != std::string::npos);
}

TEST_CASE("any task survives reading and writing, whatever its payload") {
    std::minstd_rand random{7};
    const auto bytes = [&](std::size_t most) {
        std::string text(random() % (most + 1), '\0');
        for (auto& c : text) c = static_cast<char>(random() % 256);
        return text;
    };
    for (int i = 0; i < 10'000; ++i) {
        auto job = test::job("type", bytes(64));
        job.max_retry = static_cast<int>(random() % 100);
        job.timeout = std::chrono::seconds{random() % 10'000 + 1};
        job.retention = std::chrono::seconds{random() % 10'000};
        if (random() % 2 == 0) job.headers["key"] = crypto::hex_encode(bytes(8));
        REQUIRE(asynq::prepare(job));
        const auto read = asynq::decode(asynq::encode(asynq::message_of(job)));
        REQUIRE(read);
        const auto back = asynq::delivery_of(*read).job;
        REQUIRE(back.payload == job.payload);
        REQUIRE(back.id == job.id);
        REQUIRE(back.headers == job.headers);
        REQUIRE(back.timeout == job.timeout);
        REQUIRE(back.retention == job.retention);
        REQUIRE(back.max_retry == job.max_retry);
    }
}

TEST_CASE("the retry delay grows as asynq's does") {
    const auto within = [](int retried, int least, int most) {
        for (int i = 0; i < 200; ++i) {
            const auto delay = asynq::default_retry_delay(retried);
            if (delay < std::chrono::seconds{least} || delay > std::chrono::seconds{most}) return false;
        }
        return true;
    };
    CHECK(within(0, 15, 44));
    CHECK(within(1, 16, 74));
    CHECK(within(5, 640, 814));
    CHECK(within(24, 331'791, 332'516));
}
