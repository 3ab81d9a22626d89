#pragma once
// Which state of the record this is: the same number twice means that nothing was committed in between. What
// caches of answers are keyed by; read it before the query whose answer is kept. Commits of other processes
// count as soon as the change feed has told of them. Owned by App. Any thread.

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
