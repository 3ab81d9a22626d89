#include "services/project/project_service.hpp"

#include "database/domain_repo.hpp"
#include "database/environment_repo.hpp"
#include "services/environment/environment_service.hpp"
#include "support/fakes/fake_git.hpp"
#include "support/fakes/fake_proxy.hpp"
#include "support/run.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

using namespace panel;
using namespace panel::project;

namespace {

struct Setting {
    asio::io_context loop{1};
    test::TempDatabase temp;
    crypto::SecretBox box{{Secret(std::string(32, 'k'))}};
    caddy::SlotMarkers markers{temp.directory.path(), temp.directory.path()};
    test::FakeGit git;
    test::FakeProxy proxy{markers};
    deployment::Settings deployments;
    std::vector<std::int64_t> cleaned;
    bool cleanup_fails = false;
    std::unique_ptr<ProjectService> service;
    Principal principal{temp.add_user("a@example.com", Role::user), Role::user, "s"};
    Principal other{temp.add_user("b@example.com", Role::user), Role::user, "t"};

    Setting() {
        deployments.app_domain = "apps.example.com";
        deployments.https = true;
        ProjectSettings settings{"panel.example.com", 21'000, 21'005, [](std::uint16_t) { return true; }};
        service = std::make_unique<ProjectService>(
            *temp.database, temp.clock, box, proxy, git, temp.pool, deployments, settings,
            [this](Project project) { return clean(std::move(project)); });
    }
    asio::awaitable<Result<void>> clean(Project project) {
        if (cleanup_fails) co_return fail(Code::unavailable, "Docker does not answer.");
        cleaned.push_back(project.id);
        co_return Result<void>{};
    }

    template <class T> T run(asio::awaitable<T> task) { return test::run(loop, std::move(task)); }
    static NewProject input(const std::string& name) {
        NewProject project;
        project.name = name;
        project.git_url = "https://git.example.com/acme/" + name + ".git";
        return project;
    }
    auto create(NewProject project) { return run(service->create(principal, std::move(project))); }
    std::int64_t made(const std::string& name) { return create(input(name)).value().project.id; }
    std::int64_t made_live(const std::string& name) {
        const auto id = made(name);
        const auto deployment = temp.add_deployment(id);
        temp.write([&](soci::session& session) {
            database::set_live_deployment(session, id, {deployment}, temp.clock.now());
        });
        return id;
    }
    auto add(std::int64_t id, const std::string& domain, bool primary = false) {
        return run(service->add_domain(principal, id, {domain, primary, std::nullopt}));
    }
    std::vector<std::string> served(std::int64_t id) {
        std::vector<std::string> names;
        const auto found = proxy.sites().find(id);
        if (found == proxy.sites().end()) return names;
        for (const auto& domain : found->second.domains) names.push_back(domain.name.value());
        return names;
    }
    std::vector<std::string> stored(std::int64_t id) {
        std::vector<std::string> names;
        for (const auto& domain : run(service->list_domains(principal, id)).value())
            names.push_back(domain.domain);
        return names;
    }
};

void check_field(const auto& result, const std::string& field, Code code = Code::invalid) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code == code);
    REQUIRE_FALSE(result.error().fields.empty());
    CHECK(result.error().fields.front().field == field);
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a new project has its defaults, a port, an address, and a sealed webhook secret of its own") {
    Setting setting;
    const auto view = setting.create(Setting::input("shop"));
    REQUIRE(view);
    CHECK(view->project.git_branch == "main");
    CHECK(view->project.health_path == "/");
    CHECK(view->project.auto_deploy);
    CHECK(view->project.frontend_port == 21'000);
    CHECK(view->project.status == ProjectStatus::pending);
    CHECK(view->url == "https://shop.apps.example.com");
    CHECK_FALSE(view->latest);
    const auto id = view->project.id;
    const auto sealed = setting.temp.read(
        [&](soci::session& session) { return database::webhook_secret_ciphertext(session, id); });
    const auto secret = setting.box.open(sealed, {"projects", id, "webhook_secret", id});
    REQUIRE(secret);
    CHECK(secret->reveal().size() == 64);
}

TEST_CASE("a project is created with its environment, or not at all") {
    Setting setting;
    auto input = Setting::input("shop");
    input.environment = {{"A", Secret("1"), true, EnvironmentScope::all},
                         {"B", Secret("2"), false, EnvironmentScope::build}};
    const auto id = setting.create(input)->project.id;
    environment::EnvironmentService environment(*setting.temp.database, setting.temp.clock, setting.box);
    CHECK(*setting.run(environment.build_environment(id)) == environment::Variables{{"A", "1"}, {"B", "2"}});
    auto wrong = Setting::input("other");
    wrong.environment = {{"A", std::nullopt, true, EnvironmentScope::all}};
    check_field(setting.create(wrong), "environment.0.value");
    wrong.environment = {{"A B", Secret("1"), true, EnvironmentScope::all}};
    check_field(setting.create(wrong), "environment.0.key");
    CHECK(setting.run(setting.service->list(setting.principal, 0, 50)).size() == 1);
}

TEST_CASE("each field is checked when creating and when changing") {
    Setting setting;
    const auto id = setting.made("shop");
    const auto refused = [&](const std::string& field, auto change) {
        CAPTURE(field);
        auto input = Setting::input("other");
        change(input, input.overrides);
        check_field(setting.create(input), field);
    };
    const auto refused_change = [&](const std::string& field, ProjectPatch change) {
        CAPTURE(field);
        check_field(setting.run(setting.service->patch(setting.principal, id, std::move(change))), field);
    };
    for (const std::string name :
         {"", "Shop", "a b", "-a", "a-", "a.b", "a_b", "../x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
        refused("name", [&](auto& input, auto&) { input.name = name; });
        refused_change("name", {.name = name});
    }
    for (const std::string url : {"", "file:///etc", "ext::sh -c x", "-u", "https://u:p@git.example.com/x"}) {
        refused("git_url", [&](auto& input, auto&) { input.git_url = url; });
        refused_change("git_url", {.git_url = url});
    }
    for (const std::string branch : {"", "--upload-pack=x", "a..b", "HEAD"}) {
        refused("git_branch", [&](auto& input, auto&) { input.git_branch = branch; });
        refused_change("git_branch", {.git_branch = branch});
    }
    for (const std::string path : {"..", "/etc", "a/../../b"}) {
        refused("root_directory", [&](auto& input, auto&) { input.root_directory = path; });
        refused("output_dir", [&](auto&, auto& overrides) { overrides.output_dir = path; });
        refused("dockerfile_path", [&](auto&, auto& overrides) { overrides.dockerfile_path = path; });
        refused_change("output_dir", {.output_dir = std::optional(path)});
    }
    for (const std::string command : {"a\nb", "a\rb", "\x1b[0m", "\xff"}) {
        refused("install_command", [&](auto&, auto& overrides) { overrides.install_command = command; });
        refused("build_command", [&](auto&, auto& overrides) { overrides.build_command = command; });
        refused("start_command", [&](auto&, auto& overrides) { overrides.start_command = command; });
    }
    refused("start_command", [](auto&, auto& overrides) { overrides.start_command = " "; });
    refused("framework", [](auto&, auto& overrides) { overrides.framework = "no-such-framework"; });
    refused("dockerfile_path", [](auto&, auto& overrides) { overrides.dockerfile_path = ""; });
    for (const int port : {0, -1, 65'536})
        refused("port", [&](auto&, auto& overrides) { overrides.port = port; });
    for (const std::int64_t memory :
         {std::int64_t{0}, std::int64_t{15}, std::int64_t{-1}, std::int64_t{1} << 40}) {
        refused("memory_limit_mb", [&](auto& input, auto&) { input.limits.memory_mb = memory; });
        refused_change("memory_limit_mb", {.memory_limit_mb = std::optional(memory)});
    }
    for (const double cpus : {0.0, 0.04, -1.0, 513.0, std::nan("")}) {
        refused("cpu_limit", [&](auto& input, auto&) { input.limits.cpus = cpus; });
        refused_change("cpu_limit", {.cpu_limit = std::optional(cpus)});
    }
    for (const std::int64_t processes : {0, 15, 100'001}) {
        refused("process_limit", [&](auto& input, auto&) { input.limits.processes = processes; });
        refused_change("process_limit", {.process_limit = std::optional(processes)});
    }
    for (const std::string path :
         {"", "health", "//evil.example", "http://x", "/a b", "/a\r\nX: y", "/#x", "/\\x", "/\xc3\xa4"}) {
        refused("health_path", [&](auto& input, auto&) { input.health_path = path; });
        refused_change("health_path", {.health_path = path});
    }
}

TEST_CASE("every mistake of a request is told at once") {
    Setting setting;
    auto input = Setting::input("Shop");
    input.git_url = "x";
    input.health_path = "x";
    const auto refused = setting.create(input);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fields.size() == 3);
}

TEST_CASE(
    "a name that is taken, is the panel's address, or whose address is another's domain is a conflict") {
    Setting setting;
    const auto id = setting.made("shop");
    check_field(setting.create(Setting::input("shop")), "name", Code::conflict);
    CHECK(setting.add(id, "taken.apps.example.com"));
    check_field(setting.create(Setting::input("taken")), "name", Code::conflict);
    setting.deployments.app_domain = "example.com";
    check_field(setting.create(Setting::input("panel")), "name", Code::conflict);
}

TEST_CASE("when every port pair is taken the next project is refused") {
    Setting setting;
    for (const auto* name : {"one", "two", "three"}) CHECK(setting.create(Setting::input(name)));
    const auto refused = setting.create(Setting::input("four"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::conflict);
}

TEST_CASE("a change sets what it names, clears what it empties and keeps the rest") {
    Setting setting;
    auto input = Setting::input("shop");
    input.overrides.build_command = "make";
    input.overrides.port = 4000;
    const auto id = setting.create(input)->project.id;
    ProjectPatch change;
    change.git_branch = "next";
    change.build_command = std::optional<std::string>();
    change.install_command = std::optional<std::string>("");
    change.auto_deploy = false;
    change.memory_limit_mb = std::optional<std::int64_t>(256);
    const auto view = setting.run(setting.service->patch(setting.principal, id, change));
    REQUIRE(view);
    CHECK(view->project.git_branch == "next");
    CHECK_FALSE(view->project.overrides.build_command);
    CHECK(view->project.overrides.install_command == "");
    CHECK(view->project.overrides.port == 4000);
    CHECK_FALSE(view->project.auto_deploy);
    CHECK(view->project.limits.memory_mb == 256);
    CHECK(setting.run(setting.service->find(setting.principal, id))->project.git_branch == "next");
}

TEST_CASE(
    "a new name moves the default address of a live project, and is undone when Caddy does not follow") {
    Setting setting;
    const auto id = setting.made_live("shop");
    CHECK(setting.run(setting.service->patch(setting.principal, id, {.name = "store"}))->url ==
          "https://store.apps.example.com");
    CHECK(setting.served(id) == Names{"store.apps.example.com"});
    setting.proxy.is_down = true;
    CHECK(setting.run(setting.service->patch(setting.principal, id, {.name = "market"})).error().code ==
          Code::unavailable);
    CHECK(setting.run(setting.service->find(setting.principal, id))->project.name == "store");
}

TEST_CASE("the list shows each project's newest deployment and primary domain, own projects only") {
    Setting setting;
    const auto one = setting.made("one");
    const auto two = setting.made("two");
    CHECK(setting.add(one, "www.example.com", true));
    setting.temp.add_deployment(one);
    const auto newest = setting.temp.add_deployment(one);
    const auto views = setting.run(setting.service->list(setting.principal, 0, 50));
    REQUIRE(views.size() == 2);
    CHECK(views[0].project.id == two);
    CHECK_FALSE(views[0].latest);
    CHECK(views[1].latest->deployment.id == newest);
    CHECK(views[1].url == "https://www.example.com");
    CHECK(setting.run(setting.service->list(setting.other, 0, 50)).empty());
}

TEST_CASE("a foreign project is not found by any call") {
    Setting setting;
    const auto id = setting.made("shop");
    const auto domain = setting.add(id, "www.example.com")->id;
    auto& service = *setting.service;
    const auto code = [](const auto& result) { return result ? Code::internal : result.error().code; };
    CHECK(code(setting.run(service.find(setting.other, id))) == Code::not_found);
    CHECK(code(setting.run(service.patch(setting.other, id, {.name = "x"}))) == Code::not_found);
    CHECK(code(setting.run(service.remove(setting.other, id))) == Code::not_found);
    CHECK(code(setting.run(service.list_domains(setting.other, id))) == Code::not_found);
    CHECK(code(setting.run(service.add_domain(setting.other, id, {"a.example.com", {}, {}}))) ==
          Code::not_found);
    CHECK(code(setting.run(service.patch_domain(setting.other, id, domain, {true, {}}))) == Code::not_found);
    CHECK(code(setting.run(service.remove_domain(setting.other, id, domain))) == Code::not_found);
    const auto own = setting.run(service.create(setting.other, Setting::input("own")))->project.id;
    CHECK(code(setting.run(service.remove_domain(setting.other, own, domain))) ==
          Code::not_found); // nested ids mixed
    CHECK(code(setting.run(service.patch_domain(setting.other, own, domain, {true, {}}))) == Code::not_found);
    CHECK(setting.cleaned.empty());
    CHECK(setting.stored(id) == Names{"www.example.com"});
}

TEST_CASE("a project is deleted after the server was cleaned of it, and kept when that fails") {
    Setting setting;
    const auto id = setting.made("shop");
    setting.cleanup_fails = true;
    CHECK(setting.run(setting.service->remove(setting.principal, id)).error().code == Code::unavailable);
    CHECK(setting.run(setting.service->find(setting.principal, id)));
    setting.cleanup_fails = false;
    CHECK(setting.run(setting.service->remove(setting.principal, id)));
    CHECK(setting.cleaned == std::vector<std::int64_t>{id});
    CHECK_FALSE(setting.run(setting.service->find(setting.principal, id)));
    CHECK(setting.create(Setting::input("shop"))); // name and port are free again
}

TEST_CASE("a server for plain http refuses certificates instead of ignoring the wish") {
    Setting setting;
    setting.deployments.https = false;
    const auto id = setting.made_live("shop");
    const auto refused =
        setting.run(setting.service->add_domain(setting.principal, id, {"shop.example.com", {}, true}));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "tls: this server serves plain http only; start it with --https first.");
    const auto plain = setting.add(id, "shop.example.com");
    REQUIRE(plain);
    CHECK_FALSE(plain->tls);
    CHECK_FALSE(setting.run(setting.service->patch_domain(setting.principal, id, plain->id, {{}, true})));
}

TEST_CASE("a domain of a live project is served at once, the primary first") {
    Setting setting;
    const auto id = setting.made_live("shop");
    CHECK(setting.add(id, "WWW.Example.com.", true)->domain == "www.example.com");
    CHECK(setting.add(id, "shop.example.com")->tls);
    CHECK(setting.served(id) == Names{"www.example.com", "shop.apps.example.com", "shop.example.com"});
    const auto second = setting.run(setting.service->list_domains(setting.principal, id)).value().back();
    CHECK(setting.run(setting.service->patch_domain(setting.principal, id, second.id, {true, false}))
              ->is_primary);
    CHECK(setting.stored(id).front() == "shop.example.com");
    CHECK(setting.served(id).front() == "shop.example.com");
    const auto domains = setting.run(setting.service->list_domains(setting.principal, id)).value();
    CHECK(std::ranges::count_if(domains, &Domain::is_primary) == 1);
    CHECK(setting.run(setting.service->remove_domain(setting.principal, id, second.id)));
    CHECK(setting.stored(id) == Names{"www.example.com"});
    CHECK(setting.served(id) == Names{"shop.apps.example.com", "www.example.com"});
}

TEST_CASE("when Caddy does not follow, nothing has changed") {
    Setting setting;
    const auto id = setting.made_live("shop");
    const auto first = setting.add(id, "www.example.com", true);
    setting.proxy.is_down = true;
    CHECK(setting.add(id, "shop.example.com", true).error().code == Code::unavailable);
    CHECK(setting.run(setting.service->patch_domain(setting.principal, id, first->id, {false, {}}))
              .error()
              .code == Code::unavailable);
    CHECK(setting.run(setting.service->remove_domain(setting.principal, id, first->id)).error().code ==
          Code::unavailable);
    const auto domains = setting.run(setting.service->list_domains(setting.principal, id)).value();
    REQUIRE(domains.size() == 1);
    CHECK(domains[0].domain == "www.example.com");
    CHECK(domains[0].is_primary);
}

TEST_CASE("a domain that is taken, the panel's own or malformed is refused") {
    Setting setting;
    const auto id = setting.made("shop");
    const auto second = setting.made("store");
    CHECK(setting.add(id, "www.example.com"));
    check_field(setting.add(id, "www.example.com"), "domain", Code::conflict);
    check_field(setting.add(second, "WWW.example.com."), "domain", Code::conflict);
    check_field(setting.add(second, "shop.apps.example.com"), "domain",
                Code::conflict); // another's default address
    check_field(setting.add(second, "panel.example.com"), "domain");
    for (const auto* domain :
         {"", "localhost", "*.example.com", "127.0.0.1", "a b.example", "{env.X}.example", "a.internal"})
        check_field(setting.add(id, domain), "domain");
    CHECK(setting.stored(second).empty());
}

TEST_CASE("a name below localhost never gets a certificate") {
    Setting setting;
    const auto id = setting.made("shop");
    CHECK_FALSE(
        setting.run(setting.service->add_domain(setting.principal, id, {"x.localhost", {}, true}))->tls);
}

TEST_CASE("detection answers the plan of a repository and refuses what is no address") {
    Setting setting;
    const std::string url = "https://git.example.com/acme/web.git";
    setting.git.push(url, "main", {{"index.html", "<h1>hi</h1>"}, {"site/index.html", "<p>"}});
    const auto found = setting.run(setting.service->detect({url, std::nullopt, std::nullopt}));
    REQUIRE(found);
    CHECK(found->plan.kind == "static");
    CHECK(found->branch == "main");
    check_field(setting.run(setting.service->detect({"file:///etc", {}, {}})), "git_url");
    check_field(setting.run(setting.service->detect({url, "--x", {}})), "git_branch");
    check_field(setting.run(setting.service->detect({url, {}, "../x"})), "root_directory");
    CHECK_FALSE(setting.run(setting.service->detect({"https://git.example.com/acme/absent.git", {}, {}})));
}
