#pragma once
// Where projects answer, for lists of deployments: one query however many there are, none while nothing was
// committed. Owned by App. Loop thread; suspends for the database.

#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "services/deployment/settings.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace panel::server {

using Urls = std::map<std::int64_t, std::string>; // by project id: "http://atlas-web.localhost:8088"

class ProjectUrls {
  public:
    ProjectUrls(database::Database& database, const deployment::Settings& settings)
        : database_(database), settings_(settings) {}

    // Of the projects that these deployments belong to; the rows must outlive the call.
    boost::asio::awaitable<Urls> of(std::span<const DeploymentRow> rows);

  private:
    database::Database& database_;
    const deployment::Settings& settings_;
    Urls known_;
    std::uint64_t version_ = 0; // of the record that `known_` was read from
};

} // namespace panel::server
