#pragma once
// Containers as the record says: the live one of each project runs, the warm one too, everything else with
// our label goes. Touches nothing without the label of this installation and nothing of a project with a
// deployment under way. A live container that cannot be kept running is said on its project. Owned by
// Reconcile. Loop thread; database failures are exceptions.

#include "services/deployment/execution.hpp"
#include "services/deployment/repairs.hpp"
#include "services/deployment/world_record.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace panel::deployment {

class ContainerRepair {
  public:
    ContainerRepair(Ports& ports, Repairs& repairs) : ports_(ports), repairs_(repairs) {}

    // `containers` were listed before the world was read: one that is missing may have come since.
    boost::asio::awaitable<void> run(const WorldRecord& world,
                                     const std::vector<docker::ContainerState>& containers);

  private:
    using ByName = std::map<std::string, const docker::ContainerState*>;
    boost::asio::awaitable<void> keep_live(const Project& project, const Release& live,
                                           const ByName& present);
    boost::asio::awaitable<void> keep_warm(const Project& project, const Release& warm,
                                           const ByName& present);
    boost::asio::awaitable<void> drop_warm(const Project& project, const std::string& why);
    boost::asio::awaitable<void> remove_extra(const WorldRecord& world,
                                              const std::vector<docker::ContainerState>& containers);
    boost::asio::awaitable<bool> is_as_it_should_be(const Project& project, const Release& release,
                                                    const ByName& present);
    boost::asio::awaitable<bool> may_touch(const Project& project);
    boost::asio::awaitable<void> tell(const Project& project, ProjectStatus status, std::string reason);

    Ports& ports_;
    Repairs& repairs_;
    std::map<std::int64_t, int> starts_; // in a row, by deployment; a pass that finds it running forgets them
};

} // namespace panel::deployment
