#pragma once
// The disk as the ledger has it: categories against their budgets, the forecast, and what may be removed.
// Reads the database alone, so it says the same in every process. Owned by App. Loop thread; suspends for the
// database.

#include "base/clock.hpp"
#include "database/database.hpp"
#include "services/server/disk_plan.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panel::server {

struct DiskCategory {
    std::string name; // images, build_cache, static_files, logs, repositories, database
    std::int64_t bytes = 0;
    std::optional<std::int64_t> budget_bytes;
};

struct DiskStatus {
    DiskReading reading; // zeros before the first
    std::optional<Timestamp> full_at;
    std::vector<DiskCategory> categories;
    std::vector<Removal> removable;
};

struct Cleaned {
    std::vector<Removal> removed; // in a dry run: what would be
    std::int64_t freed_bytes = 0;
};

// All that a plan needs, from the record. `wanted_bytes`: see DiskFacts.
[[nodiscard]] DiskFacts read_disk_facts(soci::session& session, Timestamp now, std::int64_t wanted_bytes);

class DiskReport {
  public:
    DiskReport(database::Database& database, const Clock& clock, const DiskSettings& settings)
        : database_(database), clock_(clock), settings_(settings) {}
    boost::asio::awaitable<DiskStatus> read();

  private:
    database::Database& database_;
    const Clock& clock_;
    const DiskSettings& settings_;
};

} // namespace panel::server
