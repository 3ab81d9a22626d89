#pragma once
// The database is gone, locked, full or read-only: trying again later helps, and nothing of the failed call
// is in it. Thrown by Database; what() is for the log and holds no bound values (SOCI's own text does).
// Derives from soci_error, as everything that SOCI throws. Any other soci_error is a mistake of ours. Any
// thread.

#include <soci/error.h>

#include <string>

namespace panel::database {

class Outage : public soci::soci_error {
  public:
    using soci::soci_error::soci_error;
};

} // namespace panel::database
