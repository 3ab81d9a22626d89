#pragma once
// Makes the world match the record, at start and every 30 s: rings for work that nobody has, and puts right
// containers, markers, links, site files and Caddy's configuration, and what nothing accounts for any more
// (orphans). Touches only what carries our label and installation. Of several processes that share the
// database one does this, by a lease. Each repair is logged and counted; what cannot be reached is said once
// and tried again. Owned by App (worker). Loop thread only.

#include "base/task_group.hpp"
#include "services/deployment/container_repair.hpp"
#include "services/deployment/orphans.hpp"
#include "services/deployment/repairs.hpp"
#include "services/deployment/site_repair.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>

namespace panel::deployment {

class JobBell;

class Reconcile {
  public:
    static constexpr std::chrono::milliseconds interval{30'000};
    static constexpr std::chrono::milliseconds short_interval{10'000}; // while something is suspected
    static constexpr std::chrono::milliseconds lease_time{75'000};

    Reconcile(boost::asio::any_io_executor executor, Ports& ports, JobBell& bell);

    // Passes until stop(), the first one at once.
    void start();
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience);
    // One pass, if the lease is ours. Database failures are exceptions.
    boost::asio::awaitable<void> run();

    [[nodiscard]] const Repairs& repairs() const { return repairs_; }

  private:
    boost::asio::awaitable<void> keep_running();
    boost::asio::awaitable<bool> take_lease();
    boost::asio::awaitable<void> give_lease_back();
    boost::asio::awaitable<void> repair();

    Ports& ports_;
    JobBell& bell_;
    Repairs repairs_;
    ContainerRepair containers_;
    SiteRepair sites_;
    Orphans orphans_;
    bool stopping_ = false;
    TaskGroup tasks_;
};

} // namespace panel::deployment
