#include "services/deployment/build_context.hpp"
#include "services/deployment/container_of.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/repository_tree.hpp"
#include "services/deployment/site_of.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::deployment;

namespace {

class Contents final : public git::BlobReader {
  public:
    std::optional<std::string> read(const std::string& hash, std::int64_t) override {
        return "content of " + hash;
    }
};

Project web() {
    Project project;
    project.id = 3;
    project.name = "web";
    project.frontend_port = 21006;
    return project;
}

} // namespace

TEST_CASE("a commit's listing is a tree: directories appear, links and submodules are not files") {
    using Kind = git::TreeEntry::Kind;
    const std::vector<git::TreeEntry> entries{{Kind::file, "h1", 2, "apps/web/package.json"},
                                              {Kind::link, "h2", 2, "apps/link"},
                                              {Kind::submodule, "h3", 0, "vendor"},
                                              {Kind::executable, "h4", 1, "run"}};
    const RepositoryTree tree(entries, std::make_unique<Contents>());
    CHECK(tree.read("apps/web/package.json") == "content of h1");
    CHECK(tree.read("run") == "content of h4");
    CHECK_FALSE(tree.read("apps/link"));
    CHECK_FALSE(tree.read("vendor"));
    CHECK_FALSE(tree.read("apps"));
    CHECK(tree.exists("apps"));
    CHECK(tree.exists("apps/web"));
    CHECK_FALSE(tree.exists("apps/link"));
    CHECK_FALSE(tree.exists("nothing"));
    const auto root = tree.list("");
    REQUIRE(root.size() == 3);
    CHECK(root[0].name == "apps");
    CHECK(root[0].kind == framework::EntryKind::directory);
    CHECK(root[2].kind == framework::EntryKind::submodule);
    CHECK(tree.list("apps").size() == 2);
}

TEST_CASE("values of the build environment cannot leave their quotes") {
    CHECK(render_environment_file({{"A", "x"}, {"B", "it's $HOME `id`\n\"q\""}}) ==
          "export A='x'\nexport B='it'\\''s $HOME `id`\n\"q\"'\n");
}

TEST_CASE("a release runs under its project's limits, else under the server's") {
    Settings settings;
    settings.app_memory_bytes = 512 << 20;
    settings.app_cpus = 1.5;
    settings.app_processes = 200;
    settings.cpu_count = 2;
    Release release;
    release.slot = "blue";
    auto project = web();
    auto spec = container_of(project, release, {}, settings);
    CHECK(spec.memory_bytes == 512 << 20);
    CHECK(spec.nano_cpus == 1'500'000'000);
    CHECK(spec.process_limit == 200);
    // The engine refuses a container more processors than the machine has.
    project.limits = {.memory_mb = 64, .cpus = 8, .processes = 50};
    spec = container_of(project, release, {}, settings);
    CHECK(spec.memory_bytes == 64 << 20);
    CHECK(spec.nano_cpus == 2'000'000'000);
    CHECK(spec.process_limit == 50);
    settings.app_cpus = 0;
    project.limits = {};
    CHECK(container_of(project, release, {}, settings).nano_cpus == 0);
}

TEST_CASE("addresses leave out the scheme's own port") {
    Settings settings;
    settings.app_domain = "localhost";
    settings.app_port = 8088;
    CHECK(url_of(web(), {}, settings) == "http://web.localhost:8088");
    settings.app_port = 80;
    CHECK(url_of(web(), {}, settings) == "http://web.localhost");
    settings.https = true;
    settings.app_domain = "apps.example.com";
    CHECK(url_of(web(), {}, settings) == "https://web.apps.example.com");
    const std::vector<Domain> domains{{1, 3, "example.com", true, true, {}}};
    CHECK(url_of(web(), domains, settings) == "https://example.com");
    const auto site = site_of(web(), domains, settings);
    REQUIRE(site);
    CHECK(site->domains.front().name.value() == "example.com");
    CHECK(site->domains.size() == 2);
    CHECK(site->green_port == 21007);
}

TEST_CASE("a static release names its files, a server's does not") {
    Release release;
    release.image_id = files_reference(12);
    CHECK(static_files_of(release) == 12);
    release.image_id = "sha256:abc";
    CHECK(static_files_of(release) == 0);
    release.plan_json = R"({"single_page_app": true})";
    CHECK(is_single_page(release));
    release.plan_json = "";
    CHECK_FALSE(is_single_page(release));
}

TEST_CASE("slot names go there and back") {
    for (const auto slot : {caddy::Slot::blue, caddy::Slot::green, caddy::Slot::static_files})
        CHECK(parse_slot(caddy::to_string(slot)) == slot);
    CHECK(parse_slot("") == caddy::Slot::none);
}

TEST_CASE("two panels on one engine give their containers, networks and images different names") {
    Settings one;
    Settings other;
    one.name_prefix = "vps-panel-1f0c2a";
    other.name_prefix = "vps-panel-77e1b0";
    CHECK(container_name(one, 3, caddy::Slot::green) == "vps-panel-1f0c2a-p3-green");
    CHECK(container_name(other, 3, caddy::Slot::green) == "vps-panel-77e1b0-p3-green");
    CHECK(export_name(one, 3) == "vps-panel-1f0c2a-p3-export");
    CHECK(network_name(one, 3) == "vps-panel-1f0c2a-p3");
    CHECK(image_tag(one, 3, 12) == "vps-panel-1f0c2a/p3:d12");
}
