#pragma once
// What reconcile found amiss: each repair is logged and counted by its kind; what cannot be reached is said
// once, and once more when it is back. Owned by Reconcile. Loop thread only.

#include <cstdint>
#include <map>
#include <string>

namespace panel::deployment {

class Repairs {
  public:
    // `kind` is a stable word for the metrics: "container", "marker", "site" ...
    void note(const std::string& kind, const std::string& sentence);
    // `part` is "Docker" or "Caddy".
    void unreachable(const std::string& part, const std::string& why);
    void reachable(const std::string& part);

    [[nodiscard]] const std::map<std::string, std::int64_t>& counts() const { return counts_; }

  private:
    std::map<std::string, std::int64_t> counts_;
    std::map<std::string, bool> away_;
};

} // namespace panel::deployment
