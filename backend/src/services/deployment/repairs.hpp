#pragma once
// What reconcile found amiss: each repair is logged and counted by its kind; what cannot be reached is said
// once, and once more when it is back. Counts go to the database (repair_repo.hpp), where /metrics of any
// process finds them. Owned by Reconcile. Loop thread only.

#include "database/repair_repo.hpp"

#include <boost/asio/awaitable.hpp>

#include <map>
#include <string>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::deployment {

class Repairs {
  public:
    // `kind` is a stable word for the metrics: "container", "marker", "site" ...
    void note(const std::string& kind, const std::string& sentence);
    // `part` is "Docker" or "Caddy".
    void unreachable(const std::string& part, const std::string& why);
    void reachable(const std::string& part);

    [[nodiscard]] const database::RepairCounts& counts() const { return counts_; } // of this process
    // Adds what is not yet in the database. Database failures are exceptions; then it is kept for later.
    boost::asio::awaitable<void> store(database::Database& database);

  private:
    database::RepairCounts counts_;
    database::RepairCounts stored_; // of counts_
    std::map<std::string, bool> away_;
};

} // namespace panel::deployment
