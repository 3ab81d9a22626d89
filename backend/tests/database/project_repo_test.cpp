#include "database/project_repo.hpp"

#include "database/claim_repo.hpp"
#include "database/deployment_repo.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::database;
using panel::test::TempDatabase;

namespace {
Principal user(std::int64_t id) { return {id, Role::user, "s"}; }
} // namespace

TEST_CASE("a project comes back with every column as it was written") {
    TempDatabase temp;
    Project project;
    project.user_id = temp.add_user("a@example.com");
    project.name = "shop";
    project.git_url = "https://git.example.com/acme/shop.git";
    project.git_branch = "next";
    project.root_directory = "apps/web";
    project.baas_type = "supabase";
    project.backend_port = 4000;
    project.overrides = {"nextjs", "npm ci", "npm run build", "node server.js",
                         ".next",  3000,     "Dockerfile.web"};
    project.limits = {.memory_mb = 768, .cpus = 0.75, .processes = 300};
    project.health_path = "/up?x='";
    project.auto_deploy = false;
    project.created_at = temp.clock.now();
    project.updated_at = temp.clock.now() + std::chrono::seconds{1};
    const auto id =
        temp.write([&](soci::session& s) { return insert_project(s, project, "cipher", 21'001); }).value();

    const auto found =
        temp.read([&](soci::session& s) { return find_project(s, user(project.user_id), id); });
    REQUIRE(found);
    CHECK(found->name == "shop");
    CHECK(found->git_url == project.git_url);
    CHECK(found->git_branch == "next");
    CHECK(found->root_directory == "apps/web");
    CHECK(found->framework == "nextjs");
    CHECK(found->baas_type == "supabase");
    CHECK(found->frontend_port == 21'002);
    CHECK(found->backend_port == 4000);
    CHECK(found->overrides.framework == "nextjs");
    CHECK(found->overrides.install_command == "npm ci");
    CHECK(found->overrides.build_command == "npm run build");
    CHECK(found->overrides.start_command == "node server.js");
    CHECK(found->overrides.output_dir == ".next");
    CHECK(found->overrides.port == 3000);
    CHECK(found->overrides.dockerfile_path == "Dockerfile.web");
    CHECK(found->limits.memory_mb == 768);
    CHECK(found->limits.cpus == 0.75);
    CHECK(found->limits.processes == 300);
    CHECK(found->health_path == "/up?x='");
    CHECK_FALSE(found->auto_deploy);
    CHECK(found->status == ProjectStatus::pending);
    CHECK_FALSE(found->live_deployment_id);
    CHECK(found->created_at == project.created_at);
    CHECK(found->updated_at == project.updated_at);
    CHECK(temp.read([&](soci::session& s) { return webhook_secret_ciphertext(s, id); }) == "cipher");
}

TEST_CASE("a foreign project is as absent as an unknown one, and an administrator sees all") {
    TempDatabase temp;
    const auto owner = temp.add_user("a@example.com", Role::user);
    const auto other = temp.add_user("b@example.com", Role::user);
    const auto id = temp.add_project(owner, "one");
    temp.add_project(other, "two");
    temp.read([&](soci::session& s) {
        CHECK(find_project(s, user(owner), id));
        CHECK_FALSE(find_project(s, user(other), id));
        CHECK_FALSE(find_project(s, user(owner), 99));
        CHECK(find_project(s, {other, Role::admin, ""}, id));
        CHECK(find_project(s, Principal::system(), id));
        CHECK(list_projects(s, user(owner), 0, 50).size() == 1);
        CHECK(list_projects(s, Principal::system(), 0, 50).size() == 2);
    });
}

TEST_CASE("a page of projects is newest first and goes on below its last id") {
    TempDatabase temp;
    const auto owner = temp.add_user("a@example.com");
    for (const auto* name : {"one", "two", "three"}) temp.add_project(owner, name);
    temp.read([&](soci::session& s) {
        const auto first = list_projects(s, user(owner), 0, 2);
        REQUIRE(first.size() == 2);
        CHECK(first[0].name == "three");
        CHECK(first[1].name == "two");
        const auto second = list_projects(s, user(owner), first[1].id, 2);
        REQUIRE(second.size() == 1);
        CHECK(second[0].name == "one");
    });
}

TEST_CASE("each project gets the lowest free pair of ports, also where one was deleted") {
    TempDatabase temp;
    const auto owner = temp.add_user("a@example.com");
    const auto port = [&](std::int64_t id) {
        return temp.read(
            [&](soci::session& s) { return find_project(s, Principal::system(), id)->frontend_port; });
    };
    const auto first = temp.add_project(owner, "one");
    const auto second = temp.add_project(owner, "two");
    const auto third = temp.add_project(owner, "three");
    CHECK(port(first) == 21'000);
    CHECK(port(second) == 21'002);
    CHECK(port(third) == 21'004);
    temp.write([&](soci::session& s) { delete_project(s, second); });
    CHECK(port(temp.add_project(owner, "four")) == 21'002);
    CHECK(port(temp.add_project(owner, "five")) == 21'006);
}

TEST_CASE("when the last pair of ports is taken, the next project is refused") {
    TempDatabase temp;
    Project project;
    project.user_id = temp.add_user("a@example.com");
    for (const auto* name : {"one", "two"}) {
        project.name = name;
        const auto inserted =
            temp.write([&](soci::session& s) { return insert_project(s, project, "-", 65'534); });
        CHECK(inserted.has_value() == (project.name == "one"));
    }
}

TEST_CASE("a pair of ports of which another program has one is passed over") {
    TempDatabase temp;
    Project project;
    project.user_id = temp.add_user("a@example.com");
    project.name = "one";
    const auto is_free = [](std::uint16_t port) { return port != 21'001 && port != 21'002; };
    const auto id = temp.write(
        [&](soci::session& s) { return insert_project(s, project, "-", 21'000, 21'010, is_free).value(); });
    CHECK(temp.read([&](soci::session& s) {
        return find_project(s, Principal::system(), id)->frontend_port;
    }) == 21'004);
}

TEST_CASE("a name that is taken is a conflict when creating and when renaming") {
    TempDatabase temp;
    const auto owner = temp.add_user("a@example.com");
    temp.add_project(owner, "one");
    const auto two = temp.add_project(owner, "two");
    Project project;
    project.user_id = owner;
    project.name = "one";
    const auto inserted =
        temp.write([&](soci::session& s) { return insert_project(s, project, "-", 21'000); });
    REQUIRE_FALSE(inserted);
    CHECK(inserted.error().code == Code::conflict);
    CHECK(inserted.error().fields.at(0).field == "name");

    auto changed = temp.read([&](soci::session& s) { return *find_project(s, Principal::system(), two); });
    changed.name = "one";
    const auto updated = temp.write([&](soci::session& s) { return update_project(s, changed); });
    REQUIRE_FALSE(updated);
    CHECK(updated.error().code == Code::conflict);
    changed.name = "three";
    changed.overrides.port = 8000;
    changed.overrides.framework = "astro";
    CHECK(temp.write([&](soci::session& s) { return update_project(s, changed); }));
    const auto found =
        temp.read([&](soci::session& s) { return *find_project(s, Principal::system(), two); });
    CHECK(found.name == "three");
    CHECK(found.overrides.port == 8000);
    CHECK(found.framework == "astro");
}

TEST_CASE("the detected framework shows until the user pins another, and again when the pin is removed") {
    TempDatabase temp;
    const auto id = temp.add_project(temp.add_user("a@example.com"), "one");
    const auto load = [&] {
        return temp.read([&](soci::session& s) { return *find_project(s, Principal::system(), id); });
    };
    CHECK_FALSE(load().framework);
    temp.write([&](soci::session& s) { set_detected_framework(s, id, "vite"); });
    CHECK(load().framework == "vite");
    auto project = load();
    project.overrides.framework = "astro";
    CHECK(temp.write([&](soci::session& s) { return update_project(s, project); }));
    CHECK(load().framework == "astro");
    project.overrides.framework.reset();
    CHECK(temp.write([&](soci::session& s) { return update_project(s, project); }));
    CHECK(load().framework == "vite");
}

TEST_CASE("deleting a project takes its deployments and logs with it") {
    TempDatabase temp;
    const auto owner = temp.add_user("a@example.com");
    const auto id = temp.add_project(owner, "one");
    const auto deployment = temp.add_deployment(id);
    temp.write([&](soci::session& s) { set_live_deployment(s, id, {deployment}, temp.clock.now()); });
    CHECK(temp.read([&](soci::session& s) { return find_project(s, Principal::system(), id)->status; }) ==
          ProjectStatus::active);
    temp.write([&](soci::session& s) { delete_project(s, id); });
    temp.write([&](soci::session& s) {
        CHECK_FALSE(find_project(s, Principal::system(), id));
        CHECK_FALSE(find_deployment(s, Principal::system(), deployment));
        CHECK(list_steps(s, deployment).empty());
        CHECK_FALSE(claim_next(s, 0, "w", std::chrono::seconds{30}, temp.clock.now()));
    });
}

TEST_CASE("it is known whether another project uses the same repository") {
    TempDatabase temp;
    const auto owner = temp.add_user("a@example.com");
    const auto id = temp.add_project(owner, "one");
    temp.read([&](soci::session& s) {
        CHECK_FALSE(git_url_used_elsewhere(s, "https://git.example.com/acme/one.git", id));
        CHECK(git_url_used_elsewhere(s, "https://git.example.com/acme/one.git", id + 1));
    });
}
