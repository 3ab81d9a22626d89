#pragma once
// What happens to deployments, told to whoever listens in this process: state changes and grown logs, and
// that another process has written. Carries
// ids only; the listener reads the record from the database, so a slow or late listener never sees anything
// but the truth. Owned by App. Loop thread only.

#include <cstdint>
#include <functional>
#include <map>

namespace panel::deployment {

class DeploymentEvents {
  public:
    struct Event {
        // resync: another process has written, perhaps about anything; ids are 0. A listener reads again.
        enum class Kind { state_changed, log_grew, resync };
        Kind kind = Kind::state_changed;
        std::int64_t deployment_id = 0;
        std::int64_t project_id = 0;
    };
    using Listener = std::function<void(const Event&)>; // must be quick, must not throw, may unsubscribe

    std::uint64_t subscribe(Listener listener);
    void unsubscribe(std::uint64_t id);
    void publish(const Event& event);

  private:
    std::map<std::uint64_t, Listener> listeners_;
    std::uint64_t next_id_ = 1;
};

} // namespace panel::deployment
