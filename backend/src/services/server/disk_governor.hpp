#pragma once
// Keeps the disk from filling: measures what the panel keeps, removes what the plan names, holds a reserve
// back and gives it up when the disk is full, and says before a deployment begins when there is no space for
// it. Touches only what is in the ledger, and the ledger holds only what the panel made. Owned by App, in the
// process that has the Docker socket. Loop thread only; files are touched on the pool.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/task_group.hpp"
#include "services/deployment/deployment_events.hpp"
#include "services/server/disk_report.hpp"
#include "services/server/disk_reserve.hpp"
#include "services/server/disk_survey.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace panel::server {

class DiskGovernor {
  public:
    DiskGovernor(boost::asio::any_io_executor executor, database::Database& database, const Clock& clock,
                 docker::DockerEngine& engine, boost::asio::thread_pool& pool,
                 deployment::DeploymentEvents& events, const DiskSettings& settings);
    ~DiskGovernor();
    DiskGovernor(const DiskGovernor&) = delete;
    DiskGovernor& operator=(const DiskGovernor&) = delete;

    // Measures and writes the ledger; about a tenth of a second, mostly the engine's.
    boost::asio::awaitable<void> refresh();
    // Measures, then removes what may go, or only says so. `wanted_bytes`: see DiskFacts.
    boost::asio::awaitable<Cleaned> clean(bool dry_run, std::int64_t wanted_bytes = 0);
    // Before a deployment: cleans up when there is too little space. Errors: unavailable, still too little;
    // with a sentence for people.
    boost::asio::awaitable<Result<void>> make_space();
    // One look at the free space: gives the reserve up, or makes it again. Each second, by itself.
    boost::asio::awaitable<void> look();

    // Where there is less: images may lie on another disk than the panel's data.
    [[nodiscard]] DiskSpace least_space() const;

    void start(); // begins to watch and to clean by itself
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);

  private:
    boost::asio::awaitable<void> keep_watch();
    boost::asio::awaitable<void> write_reading(Timestamp now);
    boost::asio::awaitable<bool> remove(const Removal& removal);
    boost::asio::awaitable<bool> remove_files(std::filesystem::path directory, std::string name);
    boost::asio::awaitable<bool> remove_mirror(std::string name);
    boost::asio::awaitable<bool> prune_cache(std::int64_t bytes);
    boost::asio::awaitable<void> forget(const Removal& removal);

    database::Database& database_;
    const Clock& clock_;
    docker::DockerEngine& engine_;
    boost::asio::thread_pool& pool_;
    deployment::DeploymentEvents& events_;
    const DiskSettings& settings_;
    DiskSurvey survey_;
    DiskReserve reserve_;
    std::string engine_directory_; // where the engine keeps images, when that is on this machine
    std::uint64_t subscription_ = 0;
    bool is_stale_ = true; // something was deployed since the ledger was written
    bool is_full_ = false;
    TaskGroup tasks_;
};

} // namespace panel::server
