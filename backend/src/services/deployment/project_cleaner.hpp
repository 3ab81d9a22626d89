#pragma once
// Takes a project off the server: its route, containers, network, images and files. The order keeps visitors
// from half a site: the route goes first. Every part is idempotent. Owned by App. Loop thread.

#include "base/result.hpp"
#include "models/project.hpp"
#include "services/deployment/execution.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::deployment {

class Runner;

class ProjectCleaner {
  public:
    ProjectCleaner(Ports& ports, Runner& runner) : ports_(ports), runner_(runner) {}

    // Errors: unavailable (Docker or Caddy does not answer; call again later: nothing is lost).
    boost::asio::awaitable<Result<void>> remove(Project project);

  private:
    boost::asio::awaitable<void> end_deployments(std::int64_t project_id);

    Ports& ports_;
    Runner& runner_;
};

} // namespace panel::deployment
