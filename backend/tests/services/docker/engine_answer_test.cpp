// The engine's answers, as Docker 20.10 gives them, cut down to what is read.

#include "services/docker/engine_answer.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace panel;
using namespace panel::docker;

TEST_CASE("a container between two tries of a crash loop does not run") {
    const auto container = read_container(
        R"({"Id":"abc","Name":"/vps-panel-p3-blue","RestartCount":4,"Image":"sha256:1","Config":{"Labels":{"vps-panel.data":"d"}},)"
        R"("State":{"Running":true,"Restarting":true,"ExitCode":3,"OOMKilled":true,"StartedAt":"2026-01-31T09:05:00Z"}})");
    REQUIRE(container);
    CHECK(container->name == "vps-panel-p3-blue");
    CHECK_FALSE(container->running);
    CHECK(container->exit_code == 3);
    CHECK(container->out_of_memory);
    CHECK(container->restart_count == 4);
    CHECK(container->labels.at("vps-panel.data") == "d");
    CHECK(container->started_at == "2026-01-31T09:05:00Z");
}

TEST_CASE("memory is counted without the page cache on both kinds of cgroups") {
    const auto first = read_stats(
        R"({"cpu_stats":{},"memory_stats":{"usage":1000,"limit":9000,"stats":{"inactive_file":10,"total_inactive_file":300}}})");
    REQUIRE(first);
    CHECK(first->memory_bytes == 700);
    CHECK(first->memory_limit_bytes == 9000);
    const auto second =
        read_stats(R"({"cpu_stats":{},"memory_stats":{"usage":1000,"stats":{"inactive_file":200}}})");
    REQUIRE(second);
    CHECK(second->memory_bytes == 800);
    const auto odd =
        read_stats(R"({"cpu_stats":{},"memory_stats":{"usage":100,"stats":{"inactive_file":200}}})");
    REQUIRE(odd);
    CHECK(odd->memory_bytes == 0);
    const auto unlimited = read_stats(R"({"cpu_stats":{},"memory_stats":{"limit":18446744073709551615}})");
    REQUIRE(unlimited);
    CHECK(unlimited->memory_limit_bytes > 0);
}

TEST_CASE("processor use is a share of one processor between two samples of one run") {
    StatsSample before{.cpu_nanoseconds = 1000, .system_nanoseconds = 10'000, .processors = 4};
    StatsSample after = before;
    after.cpu_nanoseconds += 500;
    after.system_nanoseconds += 4000;
    CHECK(cpu_percent(before, after) == doctest::Approx(50.0));
    CHECK_FALSE(cpu_percent(before, before));
    CHECK_FALSE(cpu_percent(after, before)); // restarted
}

TEST_CASE("an image says its TCP ports in order") {
    const auto image = read_image(
        R"({"Id":"sha256:1","Size":42,"Config":{"ExposedPorts":{"8080/tcp":{},"53/udp":{},"80/tcp":{},"x":{},"99999/tcp":{}},"Labels":null}})");
    REQUIRE(image);
    CHECK(image->exposed_tcp_ports == std::vector<int>{80, 8080});
    CHECK(image->size_bytes == 42);
    const auto scratch = read_image(R"({"Id":"sha256:1","Config":{"ExposedPorts":null}})");
    REQUIRE(scratch);
    CHECK(scratch->exposed_tcp_ports.empty());
}

TEST_CASE("answers that are not what the API says are told apart") {
    for (const auto* body : {"", "null", "[]", "{", "{\"Id\":5}", "\"text\""}) {
        CAPTURE(body);
        CHECK_FALSE(read_version(body));
        CHECK_FALSE(read_image(body));
        CHECK_FALSE(read_container(body));
        CHECK_FALSE(read_stats(body));
        CHECK(read_container_pid(body) == 0);
    }
    for (const auto* body : {"{}", "[5]", "null", ""}) {
        CHECK_FALSE(read_containers(body));
        CHECK_FALSE(read_images(body));
        CHECK_FALSE(read_networks(body));
    }
}

TEST_CASE("lists of containers, images and networks are read with their labels") {
    const auto containers = read_containers(
        R"([{"Id":"c1","Names":["/web"],"State":"running","ImageID":"sha256:1","Labels":{"a":"1"},)"
        R"("NetworkSettings":{"Networks":{"front":{}}}},{"Id":"c2","Names":["/old"],"State":"restarting"}])");
    REQUIRE(containers);
    REQUIRE(containers->size() == 2);
    CHECK(containers->front().name == "web");
    CHECK(containers->front().running);
    CHECK(containers->front().image_id == "sha256:1");
    CHECK(containers->front().labels.at("a") == "1");
    CHECK(containers->front().networks == std::vector<std::string>{"front"});
    CHECK_FALSE(containers->back().running);
    const auto images =
        read_images(R"([{"Id":"sha256:1","RepoTags":["web:1","<none>:<none>"],"Labels":null,"Created":5}])");
    REQUIRE(images);
    CHECK(images->front().tags == std::vector<std::string>{"web:1"});
    CHECK(images->front().created_at == 5);
    const auto networks = read_networks(R"([{"Name":"front","Labels":{"a":"1"}}])");
    REQUIRE(networks);
    CHECK(networks->front().name == "front");
    CHECK(networks->front().labels.at("a") == "1");
}

TEST_CASE("refusals of the engine keep their sentence and get our code") {
    const auto error = [](int status, std::string body) {
        net::Response response;
        response.status = status;
        response.body = std::move(body);
        return error_of(response);
    };
    CHECK(error(404, R"({"message":"No such container: x"})").code == Code::not_found);
    CHECK(error(404, R"({"message":"No such container: x"})").message == "No such container: x");
    CHECK(error(409, R"({"message":"Conflict."})").code == Code::conflict);
    CHECK(error(500, R"({"message":"Bind for 127.0.0.1:80 failed: port is already allocated"})").code ==
          Code::conflict);
    CHECK(error(500, "no json").code == Code::internal);
    CHECK(error(500, "no json").message == "Docker answered with status 500.");
}
