#include "config/config.hpp"

#include "config/values.hpp"
#include "support/temp_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <vector>

using namespace panel;
using namespace panel::config;
using namespace std::chrono_literals;

namespace {

Result<Config> parse(std::vector<std::string> arguments, const Environment& environment = {}) {
    arguments.insert(arguments.begin(), {"--data", "/srv/panel"});
    return parse_serve(arguments, environment);
}

std::set<std::string> mistakes(const Result<Config>& parsed) {
    std::set<std::string> flags;
    if (!parsed)
        for (const auto& field : parsed.error().fields) flags.insert(field.field);
    return flags;
}

} // namespace

TEST_CASE("the data directory alone is enough, and everything lies below it") {
    const auto config = parse({});
    REQUIRE(config);
    CHECK(config->data_directory == "/srv/panel");
    CHECK(config->listen.host == "127.0.0.1");
    CHECK(config->listen.port == 8080);
    CHECK(config->public_url == "http://localhost:8088");
    CHECK(config->app_domain == "localhost");
    CHECK(config->caddyfile == "/srv/panel/caddy/Caddyfile");
    CHECK(config->site_files_directory == "/srv/panel/caddy/sites");
    CHECK(config->slots_directory == "/srv/panel/caddy/slots");
    CHECK(config->static_directory == "/srv/panel/sites");
    CHECK(config->log_directory == "/srv/panel/log/sites");
    CHECK(config->database_url == "sqlite:///srv/panel/panel.db");
    CHECK(config->docker_socket == "/var/run/docker.sock");
    CHECK(config->build_timeout == 30min);
    CHECK(config->app_memory_bytes == 512LL << 20);
    CHECK(config->app_cpus == 0);
    CHECK(config->app_processes == 512);
    CHECK_FALSE(config->build_memory_bytes);
    CHECK(config->build_processes == 4096);
    CHECK(config->trusted_proxies == std::vector<std::string>{"127.0.0.1", "::1"});
    CHECK(config->password_cost == 12);
    CHECK_FALSE(config->https);
    CHECK(config->probe_port == 0);
}

TEST_CASE("every flag reaches its setting") {
    const auto config = parse({"--listen",
                               "[::1]:9000",
                               "--public-url=https://panel.example.com/",
                               "--app-domain",
                               "Apps.Example.com",
                               "--app-port",
                               "80",
                               "--https",
                               "--caddy-admin",
                               "unix:/run/caddy/admin.sock",
                               "--caddyfile",
                               "/etc/caddy/Caddyfile",
                               "--sites-dir",
                               "/a",
                               "--slots-dir",
                               "/b",
                               "--static-dir",
                               "/c",
                               "--log-dir",
                               "/d",
                               "--docker-socket",
                               "/e",
                               "--database",
                               "sqlite:///f/g.db",
                               "--private-git-hosts",
                               "git.lan,10.0.0.5:3000",
                               "--app-ports",
                               "30000-30999",
                               "--concurrent-builds",
                               "2",
                               "--build-timeout",
                               "1h",
                               "--health-timeout",
                               "90",
                               "--drain-timeout",
                               "1500ms",
                               "--keep-releases",
                               "3",
                               "--app-memory",
                               "1G",
                               "--trusted-proxies",
                               "10.0.0.1, unix",
                               "--password-cost",
                               "4"});
    REQUIRE(config);
    CHECK(config->listen.host == "::1");
    CHECK(config->listen.port == 9000);
    CHECK(config->public_url == "https://panel.example.com");
    CHECK(config->app_domain == "apps.example.com");
    CHECK(config->app_port == 80);
    CHECK(config->https);
    CHECK(config->probe_port == 8090);
    CHECK(config->caddy_admin.socket_path == "/run/caddy/admin.sock");
    CHECK(config->caddyfile == "/etc/caddy/Caddyfile");
    CHECK(config->site_files_directory == "/a");
    CHECK(config->slots_directory == "/b");
    CHECK(config->static_directory == "/c");
    CHECK(config->log_directory == "/d");
    CHECK(config->docker_socket == "/e");
    CHECK(config->database_url == "sqlite:///f/g.db");
    CHECK(config->private_git_hosts == "git.lan,10.0.0.5:3000");
    CHECK(config->first_app_port == 30'000);
    CHECK(config->last_app_port == 30'999);
    CHECK(config->concurrent_builds == 2);
    CHECK(config->build_timeout == 60min);
    CHECK(config->health_timeout == 90s);
    CHECK(config->drain_timeout == 2s);
    CHECK(config->keep_releases == 3);
    CHECK(config->app_memory_bytes == 1LL << 30);
    CHECK(config->trusted_proxies == std::vector<std::string>{"10.0.0.1", "unix"});
    CHECK(config->password_cost == 4);
}

TEST_CASE("limits of apps, builds and the disk are read") {
    const auto config =
        parse({"--app-cpus",     "1.5", "--app-processes",   "300",  "--build-memory",      "2G",
               "--build-cpus",   "0.5", "--build-processes", "1000", "--engine-cgroup",     "/apps",
               "--disk-reserve", "0",   "--build-space",     "2G",   "--image-budget",      "3G",
               "--cache-budget", "4G",  "--static-budget",   "5G",   "--repository-budget", "6G",
               "--log-budget",   "7M",  "--own-engine"});
    REQUIRE(config);
    CHECK(config->app_cpus == 1.5);
    CHECK(config->app_processes == 300);
    CHECK(config->build_memory_bytes == 2LL << 30);
    CHECK(config->build_cpus == 0.5);
    CHECK(config->build_processes == 1000);
    CHECK(config->engine_cgroup == "apps");
    CHECK(config->disk_reserve_bytes == 0);
    CHECK(config->build_space_bytes == 2LL << 30);
    CHECK(config->image_budget_bytes == 3LL << 30);
    CHECK(config->cache_budget_bytes == 4LL << 30);
    CHECK(config->static_budget_bytes == 5LL << 30);
    CHECK(config->repository_budget_bytes == 6LL << 30);
    CHECK(config->log_budget_bytes == 7LL << 20);
    CHECK(config->own_engine);
    CHECK_FALSE(parse({})->own_engine);
    CHECK_FALSE(parse({})->image_budget_bytes);
    CHECK(parse({"--build-memory", "0"})->build_memory_bytes == 0); // no limit, and not the default
    for (const auto* cpus : {"-1", "0.01", "513", "x", "1.", "1.2345"}) {
        CAPTURE(cpus);
        CHECK_FALSE(parse({"--app-cpus", cpus}));
    }
    for (const auto* group : {"/", "a/../b"}) CHECK_FALSE(parse({"--engine-cgroup", group}));
    CHECK_FALSE(parse({"--disk-reserve", "much"}));
}

TEST_CASE("flags win over variables, and variables over the file") {
    const test::TempDirectory directory;
    const auto file = (directory.path() / "panel.conf").string();
    std::ofstream(file) << "listen = \"127.0.0.1:1111\"\napp-port = 1111\nkeep-releases = 11\nhttps = true\n";
    const Environment environment{{"VPS_PANEL_LISTEN", "127.0.0.1:2222"},
                                  {"VPS_PANEL_APP_PORT", "2222"},
                                  {"VPS_PANEL_PRIVATE_GIT_HOSTS", "git.lan"},
                                  {"VPS_PANEL_REDIS", ""},
                                  {"HOME", "/root"},
                                  {"VPS_PANEL_BACKEND_URL", "http://127.0.0.1:1"}};
    const auto config = parse({"--config", file, "--listen", "127.0.0.1:3333"}, environment);
    REQUIRE(config);
    CHECK(config->listen.port == 3333);
    CHECK(config->app_port == 2222);
    CHECK(config->keep_releases == 11);
    CHECK(config->https);
    CHECK(config->private_git_hosts == "git.lan");
    CHECK_FALSE(parse({"--config", file + ".absent"}));
}

TEST_CASE("a variable can switch https on and off") {
    CHECK(parse({}, {{"VPS_PANEL_HTTPS", "true"}})->https);
    CHECK(parse({}, {{"VPS_PANEL_HTTPS", "1"}})->https);
    CHECK_FALSE(parse({}, {{"VPS_PANEL_HTTPS", "false"}})->https);
    CHECK(mistakes(parse({}, {{"VPS_PANEL_HTTPS", "maybe"}})) == std::set<std::string>{"--https"});
}

TEST_CASE("all mistakes are told at once, each in a sentence with its flag") {
    const auto parsed = parse_serve({"--listen", "8080", "--app-port", "0", "--caddy-admin",
                                     "203.0.113.5:2019", "--role", "boss", "--app-memory", "1"},
                                    {});
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::invalid);
    CHECK(mistakes(parsed) == std::set<std::string>{"--data", "--listen", "--app-port", "--caddy-admin",
                                                    "--role", "--app-memory"});
    CHECK(std::ranges::count(parsed.error().message, '\n') == 5);
    CHECK(parsed.error().message.contains("--app-port: \"0\" is not a number from 1 to 65535."));
    for (const auto& field : parsed.error().fields) CHECK(field.message.ends_with('.'));
}

TEST_CASE("each malformed value is refused") {
    const auto refused = [](const std::string& flag, const std::vector<std::string>& values) {
        for (const auto& value : values) {
            CAPTURE(flag);
            CAPTURE(value);
            CHECK(mistakes(parse({"--" + flag + "=" + value})) == std::set<std::string>{"--" + flag});
        }
    };
    refused("listen", {"localhost", ":8080", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "::1:80",
                       "unix:/x", "a b:80", "panel.example.com:80"});
    refused("public-url", {"localhost", "ftp://x", "https://", "https://a/b", "https://u:p@a", "https://a?x",
                           "https://a#x", "javascript:alert(1)"});
    refused("app-domain", {"*.example.com", "a b", "127.0.0.1", "example.com:80", "-a.example", "{x}"});
    refused("database", {"mysql://localhost/x", "sqlite://panel.db", "panel.db", "sqlite:///a\"b"});
    refused("app-ports", {"21000", "21000-", "29999-21000", "80-90", "21000-70000", "a-b"});
    refused("concurrent-builds", {"0", "33", "-1", "1.5", "x"});
    refused("build-timeout", {"0", "30", "25h", "x", "-5m", "1m1s"});
    refused("health-timeout", {"0", "2h", "m"});
    refused("keep-releases", {"0", "1001"});
    refused("app-memory", {"1M", "x", "-1", "1T", "512MB"});
    refused("trusted-proxies", {"localhost", "10.0.0.0/8", "127.0.0.1,x"});
    refused("password-cost", {"3", "17"});
}

TEST_CASE("a misspelt flag is refused") {
    const auto parsed = parse({"--listn", "127.0.0.1:80"});
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message.contains("--listn: there is no such setting"));
    CHECK_FALSE(parse({"extra"}));
}

TEST_CASE("help tells every flag and its variable") {
    const auto parsed = parse({"--help"});
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::cancelled);
    for (const auto* text : {"--data", "--listen", "--app-memory", "VPS_PANEL_PRIVATE_GIT_HOSTS", "--config"})
        CHECK(parsed.error().message.contains(text));
    CHECK(serve_help() == parsed.error().message);
}

TEST_CASE("times, sizes and lists are read as they are written") {
    CHECK(parse_duration("1500ms") == 1500ms);
    CHECK(parse_duration("30") == 30s);
    CHECK(parse_duration("30m") == 30min);
    CHECK(parse_duration("2h") == 2h);
    for (const auto* text : {"", "s", "1 s", "1d", "9999999999999h", "1e3"})
        CHECK_FALSE(parse_duration(text));
    CHECK(parse_size("0") == 0);
    CHECK(parse_size("64k") == 65536);
    CHECK(parse_size("2G") == 2LL << 30);
    for (const auto* text : {"", "G", "9999999999G", "1 G"}) CHECK_FALSE(parse_size(text));
    CHECK(split_list(" a, b ,,c") == std::vector<std::string>{"a", "b", "c"});
    CHECK(split_list("").empty());
}
