#pragma once
// Makes the world match the record, at start: rings for every unfinished deployment, sets markers and static
// links, brings back site files and live containers, removes containers of ours that no release accounts for.
// Touches only what carries our label and installation. Loop thread.

#include "services/deployment/execution.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::deployment {

class JobBell;

class Reconcile {
  public:
    Reconcile(Ports& ports, JobBell& bell) : ports_(ports), bell_(bell) {}

    // Logs what it repaired; what it cannot reach (Docker or Caddy down) is left for the next run. Database
    // failures are exceptions.
    boost::asio::awaitable<void> run();

  private:
    boost::asio::awaitable<void> repair_project(Project project, std::vector<Domain> domains,
                                                std::optional<Release> live, bool is_deploying);
    boost::asio::awaitable<void> repair_container(const Project& project, const Release& live);
    boost::asio::awaitable<void> remove_orphans(const std::vector<Project>& projects);

    Ports& ports_;
    JobBell& bell_;
};

} // namespace panel::deployment
