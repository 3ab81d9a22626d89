#pragma once
// The database is gone, locked, full or read-only: trying again later helps, and nothing of the failed call
// is in it. Thrown by Database; what() is for the log and holds no bound values (SOCI's own text does),
// words() is for users. Derives from soci_error, as everything that SOCI throws. Any other soci_error is a
// mistake of ours. Any thread.

#include <soci/error.h>

#include <string>

namespace panel::database {

class Outage : public soci::soci_error {
  public:
    // What somebody can do about it differs.
    enum class Cause { away /* or locked, or broken */, full, read_only };

    explicit Outage(const std::string& text, Cause cause = Cause::away) : soci_error(text), cause_(cause) {}

    [[nodiscard]] Cause cause() const { return cause_; }
    [[nodiscard]] const char* words() const {
        switch (cause_) {
        case Cause::full:
            return "The server's disk is full, so nothing can be stored. Make room, then try again.";
        case Cause::read_only:
            return "The database can be read but not written to. Try again when that is mended.";
        case Cause::away: break;
        }
        return "The database does not answer. Try again in a moment.";
    }

  private:
    Cause cause_;
};

} // namespace panel::database
