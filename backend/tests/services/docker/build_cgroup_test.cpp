// Limits of builds as they are written into control groups of both versions: the texts of the kernel, and a
// tree of files in its place.

#include "services/docker/build_cgroup.hpp"

#include "support/temp_directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

using namespace panel;
using namespace panel::docker;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void put(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

// As the kernel makes them together with a directory.
void fill_v2(const fs::path& group) {
    for (const auto* name : {"memory.max", "memory.swap.max", "cpu.max", "cpu.weight", "pids.max"})
        put(group / name, "");
}

constexpr std::int64_t megabyte = 1 << 20;

} // namespace

TEST_CASE("mounts of both versions are told apart") {
    const auto mounts = parse_cgroup_mounts(
        "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
        "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
        "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:10 master:1 - cgroup cgroup rw,memory\n"
        "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
        "broken line\n"
        "50 - cgroup\n");
    CHECK(mounts.unified == "/sys/fs/cgroup/unified");
    CHECK(mounts.controllers.at("cpu") == "/sys/fs/cgroup/cpu,cpuacct");
    CHECK(mounts.controllers.at("memory") == "/sys/fs/cgroup/memory");
    CHECK_FALSE(mounts.controllers.contains("rw"));
    const auto newest =
        parse_cgroup_mounts("29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");
    CHECK(newest.unified == "/sys/fs/cgroup");
    CHECK(newest.controllers.empty());
}

TEST_CASE("counts and amounts of the kernel are read, and nonsense is not") {
    const auto counts = parse_counts("low 0\nhigh 4\nmax 12\noom 3\noom_kill 2\nodd\nword text\n");
    CHECK(counts.at("oom_kill") == 2);
    CHECK(counts.size() == 5);
    CHECK(parse_amount("4096\n") == 4096);
    CHECK(parse_amount("max\n") == std::numeric_limits<std::int64_t>::max());
    CHECK(parse_amount("18446744073709551615\n") == std::numeric_limits<std::int64_t>::max());
    for (const auto* text : {"", "\n", "x", "12x", "1 2"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_amount(text));
    }
}

TEST_CASE("what a build holds is its own memory, without page cache") {
    CHECK(held_memory_v1("cache 9000\nrss 1\ntotal_cache 9000\ntotal_rss 700\ntotal_shmem 50\n") == 750);
    CHECK(held_memory_v2("anon 700\nfile 9000\nshmem 50\n") == 750);
    CHECK(held_memory_v2("") == 0);
    // memory.stat is late: what is used and not known to be cache is held.
    CHECK(held_memory_v1("total_cache 100\ntotal_rss 0\ntotal_shmem 50\n", 1000, 30) == 920);
    CHECK(held_memory_v2("anon 0\nfile 100\nshmem 50\nslab_reclaimable 30\n", 1000) == 920);
    // ... and what has been given back meanwhile is not.
    CHECK(held_memory_v1("total_cache 100\ntotal_rss 700\ntotal_shmem 0\n", 200, 0) == 200);
    CHECK(held_memory_v2("anon 700\nfile 9000\nshmem 50\n", 5000) == 750);
}

TEST_CASE("with version 2 the group above all steps is capped, without swap on top") {
    const test::TempDirectory root;
    const CgroupMounts mounts{root.path().string(), {}};
    const auto group = root.path() / "docker" / "buildkit";
    fill_v2(group);
    put(root.path() / "cgroup.subtree_control", "");
    auto cgroup = BuildCgroup::open(mounts, 2, BuildCgroup::Driver::cgroupfs, "docker");
    REQUIRE(cgroup);
    CHECK(text_of(root.path() / "cgroup.subtree_control").starts_with("+"));
    REQUIRE(cgroup->limit({.memory_bytes = 64 * megabyte, .cpus = 1.5, .processes = 100}));
    CHECK(text_of(group / "memory.max") == "67108864");
    CHECK(text_of(group / "memory.swap.max") == "0");
    CHECK(text_of(group / "cpu.max") == "150000 100000");
    CHECK(text_of(group / "cpu.weight") == "25");
    CHECK(text_of(group / "pids.max") == "100");

    put(group / "memory.stat", "anon 1048576\nfile 5\nshmem 0\n");
    put(group / "memory.events", "oom 1\noom_kill 3\n");
    const auto memory = cgroup->read();
    CHECK(memory.held_bytes == megabyte);
    CHECK(memory.oom_kills == 3);

    fill_v2(group); // files of the kernel do not keep what was there
    REQUIRE(cgroup->limit({}));
    CHECK(text_of(group / "memory.max") == "max");
    CHECK(text_of(group / "cpu.max") == "max 100000");
    CHECK(text_of(group / "pids.max") == "max");
}

TEST_CASE("with version 1 each hierarchy is capped, and what is not mounted is left out") {
    const test::TempDirectory root;
    const auto memory = root.path() / "memory", pids = root.path() / "pids";
    const CgroupMounts mounts{"", {{"memory", memory.string()}, {"pids", pids.string()}}};
    put(memory / "apps/buildkit/memory.limit_in_bytes", "");
    put(memory / "apps/buildkit/memory.memsw.limit_in_bytes", "");
    put(pids / "apps/buildkit/pids.max", "");
    auto cgroup = BuildCgroup::open(mounts, 1, BuildCgroup::Driver::cgroupfs, "apps");
    REQUIRE(cgroup);
    REQUIRE(cgroup->limit({.memory_bytes = 64 * megabyte, .cpus = 1, .processes = 100}));
    CHECK(text_of(memory / "apps/buildkit/memory.limit_in_bytes") == "67108864");
    CHECK(text_of(memory / "apps/buildkit/memory.memsw.limit_in_bytes").starts_with("67108864"));
    CHECK(text_of(pids / "apps/buildkit/pids.max") == "100");
}

TEST_CASE("under systemd every step is capped when it is seen, and nothing beside it") {
    const test::TempDirectory root;
    const CgroupMounts mounts{root.path().string(), {}};
    const auto slice = root.path() / "system.slice";
    const auto app = slice / "docker-0123.scope",
               step = slice / "system.slice:docker:osh60k53lspy0g0cjo94ur00h";
    fill_v2(app);
    auto cgroup = BuildCgroup::open(mounts, 2, BuildCgroup::Driver::systemd, "docker");
    REQUIRE(cgroup);
    REQUIRE(cgroup->limit({.memory_bytes = 64 * megabyte}));
    fill_v2(step);
    put(step / "memory.stat", "anon 4096\nshmem 0\n");
    CHECK(cgroup->read().held_bytes == 4096);
    CHECK(text_of(step / "memory.max") == "67108864");
    CHECK(text_of(app / "memory.max").empty());
}

TEST_CASE("where there is nothing to write to it says what is missing") {
    const test::TempDirectory root;
    const auto none = BuildCgroup::open({}, 1, BuildCgroup::Driver::cgroupfs, "docker");
    REQUIRE_FALSE(none);
    CHECK(none.error().message == "the memory control groups are not mounted on this machine.");
    const CgroupMounts mounts{root.path().string(), {}};
    CHECK_FALSE(BuildCgroup::open(mounts, 2, BuildCgroup::Driver::systemd, "docker"));
    auto empty = BuildCgroup::open(mounts, 2, BuildCgroup::Driver::cgroupfs, "docker");
    REQUIRE(empty);
    const auto limited = empty->limit({.memory_bytes = megabyte});
    REQUIRE_FALSE(limited);
    CHECK(limited.error().message.contains("memory.max cannot be set"));
}
