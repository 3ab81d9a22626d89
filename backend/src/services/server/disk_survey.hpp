#pragma once
// Measures what the panel keeps on the disk: images and build cache as the engine counts them, directories
// file by file, logs and database as the database knows. What was measured before and cannot have changed is
// not walked again. Loop thread; files are walked on the pool. Used by DiskGovernor.

#include "database/database.hpp"
#include "models/disk.hpp"
#include "services/docker/docker_engine.hpp"
#include "services/server/disk_settings.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <vector>

namespace panel::server {

struct Survey {
    std::vector<DiskKind> kinds; // that could be measured; of the others the ledger keeps what it has
    std::vector<DiskItem> items;
};

class DiskSurvey {
  public:
    DiskSurvey(database::Database& database, docker::DockerEngine& engine, boost::asio::thread_pool& pool,
               const DiskSettings& settings)
        : database_(database), engine_(engine), pool_(pool), settings_(settings) {}

    boost::asio::awaitable<Survey> measure(Timestamp now);

  private:
    boost::asio::awaitable<void> measure_engine(Survey& survey, Timestamp now);

    database::Database& database_;
    docker::DockerEngine& engine_;
    boost::asio::thread_pool& pool_;
    const DiskSettings& settings_;
};

// Of all files below, in blocks as they take space on the disk; links count as themselves.
[[nodiscard]] std::int64_t bytes_below(const std::filesystem::path& directory);

} // namespace panel::server
