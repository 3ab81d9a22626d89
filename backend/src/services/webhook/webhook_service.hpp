#pragma once
// Pushes told by git servers: the signature is checked over the raw body with the project's own secret, then
// branch and commit are read, and a deployment of the project's stored address is triggered. Nothing else in
// a delivery is believed. The provider is the one of the address that was called, never guessed from headers.
// Owned by App. Loop thread; suspends for the database. Errors: unauthorized (unknown project, missing or
// wrong signature: the same answer), bad_request (a signed body that is no push of that provider),
// unsupported_media_type.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "crypto/secret_box.hpp"
#include "models/user.hpp"
#include "services/webhook/provider.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace panel::database {
class Database;
} // namespace panel::database
namespace panel::deployment {
class DeploymentService;
} // namespace panel::deployment

namespace panel::webhook {

struct Outcome {
    std::optional<std::int64_t> deployment_id; // queued
    std::string ignored;                       // or why not
};

struct Connection {
    std::map<std::string, std::string> urls; // by provider
    Secret secret;
};

class WebhookService {
  public:
    WebhookService(database::Database& database, const Clock& clock, const crypto::SecretBox& box,
                   deployment::DeploymentService& deployments, std::string public_url);

    boost::asio::awaitable<Result<Outcome>> receive(Provider provider, std::int64_t project_id,
                                                    Delivery delivery);
    // What the user enters at the git server. Errors: not_found.
    boost::asio::awaitable<Result<Connection>> connection(Principal principal, std::int64_t project_id);

  private:
    boost::asio::awaitable<Result<Outcome>> trigger(Provider provider, std::int64_t project_id,
                                                    std::string delivery_id);

    database::Database& database_;
    const Clock& clock_;
    const crypto::SecretBox& box_;
    deployment::DeploymentService& deployments_;
    std::string public_url_;
};

} // namespace panel::webhook
