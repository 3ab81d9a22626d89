#pragma once
// The environment variables of projects. Values are kept as SecretBox ciphertext, bound to their row and
// project, secret or not; a value that was marked secret never leaves again except to the application itself.
// Owned by App. Loop thread; suspends for the database. Errors: not_found (unknown or foreign project),
// invalid (key, value, number of variables), internal (a ciphertext that cannot be read).

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/secret_box.hpp"
#include "models/environment_variable.hpp"
#include "models/user.hpp"
#include "services/environment/environment_set.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::environment {

using Variables = std::vector<std::pair<std::string, std::string>>; // key, clear value; by key

class EnvironmentService {
  public:
    EnvironmentService(database::Database& database, const Clock& clock, const crypto::SecretBox& box);

    // By key. The value of a secret is empty.
    boost::asio::awaitable<Result<std::vector<EnvironmentVariable>>> list(Principal principal,
                                                                          std::int64_t project_id);
    // Replaces the whole set, then answers as list(). A secret without a value keeps what is stored.
    boost::asio::awaitable<Result<std::vector<EnvironmentVariable>>>
    put(Principal principal, std::int64_t project_id, std::vector<VariableInput> variables);
    boost::asio::awaitable<Result<void>> remove(Principal principal, std::int64_t project_id,
                                                std::string key);

    // For the pipeline: what a build, or a running container, gets.
    boost::asio::awaitable<Result<Variables>> build_environment(std::int64_t project_id);
    boost::asio::awaitable<Result<Variables>> runtime_environment(std::int64_t project_id);
    // What a release keeps of its runtime environment, for `releases.environment`.
    [[nodiscard]] std::string seal_snapshot(std::int64_t project_id, std::int64_t deployment_id,
                                            const Variables& variables) const;
    [[nodiscard]] Result<Variables> open_snapshot(std::int64_t project_id, std::int64_t deployment_id,
                                                  const std::string& sealed) const;

  private:
    boost::asio::awaitable<Result<Variables>> variables_for(std::int64_t project_id, EnvironmentScope scope);

    database::Database& database_;
    const Clock& clock_;
    const crypto::SecretBox& box_;
};

} // namespace panel::environment
