#pragma once
// How much the record holds, for monitoring. Owned by App. Loop thread; suspends for the database. Throws
// when the database is gone.

#include "database/database.hpp"
#include "database/repair_repo.hpp"
#include "models/deployment.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>

namespace panel::server {

struct Counts {
    std::int64_t projects = 0;
    std::map<DeploymentStatus, std::int64_t> deployments; // every status, also those without any
    database::RepairCounts repairs;
};

class RecordCounts {
  public:
    explicit RecordCounts(database::Database& database) : database_(database) {}
    boost::asio::awaitable<Counts> read();

  private:
    database::Database& database_;
};

} // namespace panel::server
