#pragma once
// Which state of the record this is: the same number twice means that nothing was committed in between. What
// caches of answers are keyed by; read it before the query whose answer is kept. This process is the only
// writer today; when another one writes too, this is the one place that must ask the database instead. Owned
// by App. Any thread.

#include "database/database.hpp"

#include <cstdint>

namespace panel::server {

class DataVersion {
  public:
    explicit DataVersion(const database::Database& database) : database_(database) {}
    [[nodiscard]] std::uint64_t current() const { return database_.generation(); }

  private:
    const database::Database& database_;
};

} // namespace panel::server
