#include "services/server/project_urls.hpp"

#include "database/domain_repo.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::server;

TEST_CASE("a deployment's address is its project's primary domain, as soon as that is committed") {
    test::TempDatabase temp;
    boost::asio::io_context loop(1);
    deployment::Settings settings;
    settings.app_domain = "localhost";
    settings.app_port = 8088;
    ProjectUrls urls(*temp.database, settings);
    const auto project = temp.add_project(temp.add_user("a@example.com"), "atlas-web");
    const auto deployment = temp.add_deployment(project);
    const auto rows = temp.read(
        [&](soci::session& session) { return database::list_deployments(session, project, 0, 10); });
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].deployment.id == deployment);
    CHECK(test::run(loop, urls.of(rows)).at(project) == "http://atlas-web.localhost:8088");
    temp.write([&](soci::session& session) {
        Domain domain;
        domain.project_id = project;
        domain.domain = "shop.example.com";
        domain.is_primary = true;
        REQUIRE(database::insert_domain(session, domain));
    });
    CHECK(test::run(loop, urls.of(rows)).at(project) == "http://shop.example.com:8088");
    CHECK(test::run(loop, urls.of({})).empty());
}
