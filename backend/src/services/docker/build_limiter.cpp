#include "services/docker/build_limiter.hpp"

#include "base/offload.hpp"

#include <spdlog/spdlog.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <fstream>
#include <iterator>
#include <utility>

namespace panel::docker {

namespace {

CgroupMounts mounts_of_this_machine() {
    std::ifstream file("/proc/self/mountinfo");
    return parse_cgroup_mounts(std::string{std::istreambuf_iterator<char>(file), {}});
}

} // namespace

bool is_on_this_machine(const EngineInfo& info) {
    struct utsname kernel{};
    struct sysinfo machine{};
    if (::uname(&kernel) != 0 || ::sysinfo(&machine) != 0) return false;
    const auto memory = static_cast<std::int64_t>(machine.totalram) * machine.mem_unit;
    return info.kernel_version == kernel.release && info.memory_bytes == memory;
}

BuildLimiter::BuildLimiter(DockerEngine& engine, asio::thread_pool& pool, BuildLimits limits,
                           std::string parent)
    : BuildLimiter(engine, pool, limits, std::move(parent), mounts_of_this_machine()) {}

BuildLimiter::BuildLimiter(DockerEngine& engine, asio::thread_pool& pool, BuildLimits limits,
                           std::string parent, CgroupMounts mounts)
    : engine_(engine),
      files_(pool.get_executor()),
      limits_(limits),
      parent_(std::move(parent)),
      mounts_(std::move(mounts)) {}

asio::awaitable<Result<void>> BuildLimiter::find() {
    const auto info = co_await engine_.info();
    if (!info) co_return std::unexpected(info.error());
    if (!is_on_this_machine(*info)) co_return fail(Code::unavailable, "the engine is on another machine.");
    const auto driver =
        info->cgroup_driver == "systemd" ? BuildCgroup::Driver::systemd : BuildCgroup::Driver::cgroupfs;
    auto open = [this, version = info->cgroup_version, driver] {
        return BuildCgroup::open(mounts_, version, driver, parent_);
    };
    auto group = co_await offload(files_, std::move(open));
    if (!group) co_return std::unexpected(group.error());
    group_ = std::make_shared<BuildCgroup>(std::move(*group));
    co_return Result<void>{};
}

asio::awaitable<Result<void>> BuildLimiter::limit() {
    auto write = [group = group_, limits = limits_] { return group->limit(limits); };
    auto written = co_await offload(files_, std::move(write));
    if (!written) group_.reset();
    co_return written;
}

asio::awaitable<void> BuildLimiter::apply() {
    Result<void> applied;
    if (group_) applied = co_await limit();
    if (!group_) { // not looked for yet, or gone meanwhile
        applied = co_await find();
        if (applied) applied = co_await limit();
    }
    note(applied);
}

void BuildLimiter::note(const Result<void>& result) {
    auto problem = result ? std::string() : "Builds run without limits: " + result.error().message;
    if (problem == problem_) return;
    if (!problem.empty()) spdlog::warn("{}", problem);
    problem_ = std::move(problem);
}

asio::awaitable<BuildMemory> BuildLimiter::read() {
    if (!group_) co_return BuildMemory{};
    auto read = [group = group_] { return group->read(); };
    co_return co_await offload(files_, std::move(read));
}

} // namespace panel::docker
