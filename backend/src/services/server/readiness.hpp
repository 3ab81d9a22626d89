#pragma once
// Whether the server can do its work: the database, Docker (itself, or a worker that has it) and Caddy
// answer. Each is asked with a short deadline, all at once. Owned by App. Loop thread; suspends at most as
// long as the deadline.

#include "database/database.hpp"
#include "services/caddy/proxy_control.hpp"
#include "services/deployment/worker_calls.hpp"
#include "services/docker/docker_engine.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace panel::server {

struct Check {
    std::string name;    // "database", "docker", "worker", "caddy"
    std::string problem; // "" when it answers
};

class Readiness {
  public:
    // nullptr for what this process does not use.
    Readiness(database::Database& database, docker::DockerEngine* docker, caddy::ProxyControl* proxy,
              deployment::WorkerCalls* calls = nullptr)
        : database_(database), docker_(docker), proxy_(proxy), calls_(calls) {}

    boost::asio::awaitable<std::vector<Check>> check();

  private:
    boost::asio::awaitable<Check> check_database();
    boost::asio::awaitable<Check> check_docker();
    boost::asio::awaitable<Check> check_proxy();

    database::Database& database_;
    docker::DockerEngine* docker_;
    caddy::ProxyControl* proxy_;
    deployment::WorkerCalls* calls_;
};

} // namespace panel::server
