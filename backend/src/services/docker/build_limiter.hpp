#pragma once
// Keeps builds within their limits and says what they use, where the engine is on this machine and its
// control groups can be written. Where not, builds go on without, and problem() says why. Limits are written
// before each build: several panels on one engine share one group, and the last that builds sets its limits.
// Owned by App, which keeps engine and pool alive. Loop thread; files are touched on the pool.

#include "services/docker/build_cgroup.hpp"
#include "services/docker/docker_engine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <string>

namespace panel::docker {

// Whether the engine runs on the kernel of this machine: its control groups are the ones seen here.
[[nodiscard]] bool is_on_this_machine(const EngineInfo& info);

class BuildLimiter {
  public:
    // `mounts`: those of this machine unless a test gives others; `parent`: the engine's --cgroup-parent.
    BuildLimiter(DockerEngine& engine, boost::asio::thread_pool& pool, BuildLimits limits,
                 std::string parent = "docker");
    BuildLimiter(DockerEngine& engine, boost::asio::thread_pool& pool, BuildLimits limits, std::string parent,
                 CgroupMounts mounts);

    // Before each build. Never fails a build.
    boost::asio::awaitable<void> apply();
    // Zeros while nothing is limited.
    boost::asio::awaitable<BuildMemory> read();

    [[nodiscard]] const BuildLimits& limits() const { return limits_; }
    [[nodiscard]] bool is_limiting() const { return group_ != nullptr; }
    // Why builds are not limited, in one sentence; "" when they are, or before the first.
    [[nodiscard]] const std::string& problem() const { return problem_; }

  private:
    boost::asio::awaitable<Result<void>> find();
    boost::asio::awaitable<Result<void>> limit();
    void note(const Result<void>& result);

    DockerEngine& engine_;
    boost::asio::strand<boost::asio::thread_pool::executor_type> files_; // one at a time
    BuildLimits limits_;
    std::string parent_;
    CgroupMounts mounts_;
    std::shared_ptr<BuildCgroup> group_; // shared with work on the pool
    std::string problem_;
};

} // namespace panel::docker
