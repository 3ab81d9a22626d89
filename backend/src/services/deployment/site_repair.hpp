#pragma once
// What stands in front of the containers, as the record says: slot markers, links to static files, site files
// and the configuration that Caddy has in force, also when Caddy came back empty or somebody edited a file.
// Owned by Reconcile. Loop thread; suspends for the database and Caddy.

#include "services/deployment/execution.hpp"
#include "services/deployment/repairs.hpp"
#include "services/deployment/world_record.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <vector>

namespace panel::deployment {

class SiteRepair {
  public:
    SiteRepair(Ports& ports, Repairs& repairs) : ports_(ports), repairs_(repairs) {}

    // Blocks for some small files, never for Docker or Caddy.
    void keep_markers(const WorldRecord& world);
    // `strays` are site files that were there before the world was read.
    boost::asio::awaitable<void> keep_sites(const WorldRecord& world, const std::vector<std::int64_t>& files);

  private:
    void keep_marker(const Project& project, const Release& live);
    boost::asio::awaitable<Result<void>> apply_fresh(std::int64_t project_id);
    boost::asio::awaitable<Result<void>> repair_sites(const WorldRecord& world,
                                                      const std::vector<std::int64_t>& files);

    Ports& ports_;
    Repairs& repairs_;
};

} // namespace panel::deployment
