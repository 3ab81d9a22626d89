#include "services/server/server_status.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::server;

TEST_CASE("processor times are the sum of the first eight fields; waiting for the disk is idle") {
    const auto times = parse_cpu_times("cpu  100 10 50 800 40 5 3 2 60 7\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    REQUIRE(times);
    CHECK(times->total == 1010);
    CHECK(times->busy == 170);
    CHECK(!parse_cpu_times(""));
    CHECK(!parse_cpu_times("intr 1 2 3"));
    CHECK(!parse_cpu_times("cpu  1 2 3"));
}

TEST_CASE("memory in use is what programs cannot have") {
    const auto memory =
        parse_memory("MemTotal:        4028 kB\nMemFree:  100 kB\nMemAvailable:    1024 kB\n");
    REQUIRE(memory);
    CHECK(memory->total_bytes == 4028 * 1024);
    CHECK(memory->available_bytes == 1024 * 1024);
    CHECK(!parse_memory("MemTotal: 1 kB\n"));
    CHECK(!parse_memory("MemTotal: kB\nMemAvailable:\n"));
}

TEST_CASE("a full disk and full memory are warned of") {
    ServerStatus status;
    CHECK(warnings_of(status).empty());
    status.disk_total_bytes = status.memory_total_bytes = 1000;
    status.disk_used_bytes = status.memory_used_bytes = 500;
    CHECK(warnings_of(status).empty());
    status.disk_used_bytes = 950;
    status.memory_used_bytes = 990;
    REQUIRE(warnings_of(status).size() == 2);
    CHECK(warnings_of(status)[0] == "The disk is 95% full: builds will soon fail for lack of space.");
}

TEST_CASE("this machine has a name, processors, memory and a disk") {
    ManualClock clock;
    ServerStatusReader reader(clock, "/tmp");
    const auto first = reader.read();
    CHECK(!first.hostname.empty());
    CHECK(first.cpu_count > 0);
    CHECK(first.memory_total_bytes > first.memory_used_bytes);
    CHECK(first.disk_total_bytes >= first.disk_used_bytes);
    CHECK(first.cpu_percent >= 0);
    CHECK(first.cpu_percent <= 100);
    CHECK(reader.read().cpu_percent == first.cpu_percent); // no time has passed
}
