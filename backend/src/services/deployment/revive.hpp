#pragma once
// Starts the container of a kept release in its slot again, with the plan and the environment that it was
// released with; one of the same name that is ours is replaced. Loop thread; suspends for Docker. Errors:
// those of DockerEngine (not_found: its image is gone), internal (its environment cannot be decrypted).

#include "base/result.hpp"
#include "services/deployment/execution.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::deployment {

boost::asio::awaitable<Result<void>> revive(Ports& ports, const Project& project, const Release& release);

} // namespace panel::deployment
