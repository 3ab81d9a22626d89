#include "config/config.hpp"

#include "config/database_url.hpp"
#include "config/values.hpp"
#include "models/domain_name.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <type_traits>

namespace panel::config {
namespace {

struct Setting {
    std::string_view flag; // without the dashes; its variable is VPS_PANEL_ and the same in capitals
    std::string_view form;
    std::string_view meaning; // with its default
};

constexpr std::array settings{
    Setting{"data", "DIR", "everything the panel keeps (required)"},
    Setting{"role", "ROLE", "all, or web and worker: HTTP without Docker, Docker without a port (all)"},
    Setting{"listen", "HOST:PORT", "where the API answers; Caddy stands before it (127.0.0.1:8080)"},
    Setting{"public-url", "URL", "the panel's own address (http://localhost:8088)"},
    Setting{"app-domain", "DOMAIN", "applications answer at <name>.DOMAIN (localhost)"},
    Setting{"app-port", "PORT", "Caddy's port for plain http, shown in addresses (8088)"},
    Setting{"https", "", "default addresses of applications have automatic certificates"},
    Setting{"caddy-admin", "ADDRESS", "Caddy's admin interface, HOST:PORT or unix:/path (127.0.0.1:2019)"},
    Setting{"caddyfile", "FILE", "Caddy's main file (<data>/caddy/Caddyfile)"},
    Setting{"sites-dir", "DIR", "one file for each application's site (<data>/caddy/sites)"},
    Setting{"slots-dir", "DIR", "markers of the live slots (<data>/caddy/slots)"},
    Setting{"static-dir", "DIR", "files of static sites (<data>/sites)"},
    Setting{"log-dir", "DIR", "access logs of sites (<data>/log/sites)"},
    Setting{"docker-socket", "FILE", "the Docker engine's socket (/var/run/docker.sock)"},
    Setting{"database", "URL",
            "sqlite:///path or postgresql://user:password@host/name (sqlite://<data>/panel.db)"},
    Setting{"redis", "URL", "the queue in Redis, redis://:password@host:6379/0 (a table of the database)"},
    Setting{"private-git-hosts", "LIST",
            "git servers that may be on private addresses: git.lan,10.0.0.5:3000 (none)"},
    Setting{"app-ports", "FIRST-LAST", "loopback ports for applications (21000-29999)"},
    Setting{"probe-port", "PORT", "with --https: Caddy's loopback port for the panel's own checks (8090)"},
    Setting{"concurrent-builds", "N", "builds at once (1)"},
    Setting{"build-timeout", "TIME", "longest build (30m)"},
    Setting{"health-timeout", "TIME", "longest wait for a new release to answer (120s)"},
    Setting{"drain-timeout", "TIME", "longest wait for the requests of an old release (30s)"},
    Setting{"keep-releases", "N", "releases kept for rollback, for each project (10)"},
    Setting{"app-memory", "SIZE", "memory limit of an application; 0 for none (512M)"},
    Setting{"app-cpus", "N", "processors of an application, such as 0.5; 0 for no limit (0)"},
    Setting{"app-processes", "N", "processes and threads of an application (512)"},
    Setting{"build-memory", "SIZE",
            "memory limit of all builds together; 0 for none (what leaves room for the rest)"},
    Setting{"build-cpus", "N", "processors of all builds together, such as 1.5; 0 for no limit (0)"},
    Setting{"build-processes", "N", "processes and threads of all builds together (4096)"},
    Setting{"engine-cgroup", "NAME", "the engine's --cgroup-parent, below which builds run (docker)"},
    Setting{"disk-reserve", "SIZE", "space held back so that the panel works on a full disk (256M)"},
    Setting{"build-space", "SIZE", "free space without which no deployment begins (1G)"},
    Setting{"image-budget", "SIZE", "disk space for images of releases (25% of the disk)"},
    Setting{"cache-budget", "SIZE", "disk space for the build cache, with --own-engine (12.5% of the disk)"},
    Setting{"static-budget", "SIZE", "disk space for files of static sites (12.5% of the disk)"},
    Setting{"repository-budget", "SIZE", "disk space for copies of repositories (5% of the disk)"},
    Setting{"log-budget", "SIZE", "disk space for logs of builds and visitors (2.5% of the disk)"},
    Setting{"own-engine", "", "nothing else builds with this engine: its build cache may be pruned"},
    Setting{"trusted-proxies", "LIST",
            "peers whose X-Forwarded-For counts; unix for any unix socket (127.0.0.1,::1)"},
    Setting{"password-cost", "N", "bcrypt cost of passwords; below 12 for tests only (12)"},
};
constexpr std::string_view variable_prefix = "VPS_PANEL_";

std::string variable_of(std::string_view flag) {
    std::string name(variable_prefix);
    for (const char c : flag)
        name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return name;
}

using Texts = std::map<std::string_view, std::string>; // by flag; what is not set is not there

std::string as_lines(const std::vector<FieldError>& mistakes) {
    std::string lines;
    for (const auto& mistake : mistakes)
        lines += fmt::format("{}{}: {}", lines.empty() ? "" : "\n", mistake.field, mistake.message);
    return lines;
}

// One application of CLI11 for parsing and for help.
void describe(CLI::App& app, Texts& texts) {
    app.allow_extras();
    app.set_help_flag("-h,--help", "show this and end");
    app.set_config("--config", "", "a file with the settings, one a line: listen = \"127.0.0.1:8080\"");
    for (const auto& setting : settings) {
        auto& text = texts[setting.flag];
        const auto name = fmt::format("--{}", setting.flag);
        const auto help = fmt::format("{} [{}]", setting.meaning, variable_of(setting.flag));
        auto* option = setting.form.empty()
                           ? app.add_flag(name, text, help)
                           : app.add_option(name, text, help)->option_text(std::string(setting.form));
        option->take_last(); // a variable comes before the flags
    }
}

Result<Texts> gather(const std::vector<std::string>& arguments, const Environment& environment) {
    Texts texts;
    CLI::App app("Runs the panel.", "vps-panel serve");
    describe(app, texts);
    std::vector<std::string> words;
    for (const auto& setting : settings) {
        const auto found = environment.find(variable_of(setting.flag));
        if (found != environment.end() && !found->second.empty())
            words.push_back(fmt::format("--{}={}", setting.flag, found->second));
    }
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::ranges::reverse(words); // as CLI11 wants a vector
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        return fail(Code::cancelled, serve_help());
    } catch (const CLI::FileError&) {
        return fail_field("--config", "the file cannot be read.");
    } catch (const CLI::ParseError& error) {
        return fail(Code::invalid, error.what());
    }
    std::vector<FieldError> unknown;
    for (const auto& word : app.remaining())
        unknown.push_back({word, "there is no such setting; see vps-panel serve --help."});
    if (!unknown.empty()) return std::unexpected(Error{Code::invalid, as_lines(unknown), unknown});
    std::erase_if(texts, [](const auto& entry) { return entry.second.empty(); });
    return texts;
}

// Reads one setting after the other and remembers what is wrong.
class Reader {
  public:
    explicit Reader(Texts texts) : texts_(std::move(texts)) {}

    // Sets `into` when the setting is there and `parse` accepts it.
    template <class T, class Parse>
    void read(std::string_view flag, T& into, Parse parse, std::string_view expected) {
        const auto found = texts_.find(flag);
        if (found == texts_.end()) return;
        if (auto value = parse(found->second)) {
            if constexpr (std::is_assignable_v<T&, decltype(value)>)
                into = std::move(value);
            else
                into = T(std::move(*value));
        } else {
            refuse(flag, fmt::format("\"{}\" is not {}.", found->second, expected));
        }
    }
    template <class T>
    void read_number(std::string_view flag, T& into, std::int64_t least, std::int64_t most) {
        const auto parse = [&](const std::string& text) -> std::optional<T> {
            const auto number = parse_number(text, least, most);
            return number ? std::optional(static_cast<T>(*number)) : std::nullopt;
        };
        read(flag, into, parse, fmt::format("a number from {} to {}", least, most));
    }
    template <class Unit>
    void read_time(std::string_view flag, Unit& into, std::chrono::milliseconds least,
                   std::chrono::milliseconds most, std::string_view example) {
        const auto parse = [&](const std::string& text) -> std::optional<Unit> {
            const auto time = parse_duration(text);
            if (!time || *time < least || *time > most) return std::nullopt;
            return std::chrono::ceil<Unit>(*time);
        };
        read(flag, into, parse, example);
    }
    void read_path(std::string_view flag, std::filesystem::path& into,
                   const std::filesystem::path& otherwise) {
        const auto found = texts_.find(flag);
        into = std::filesystem::absolute(found != texts_.end() ? std::filesystem::path(found->second)
                                                               : otherwise)
                   .lexically_normal();
    }
    [[nodiscard]] bool has(std::string_view flag) const { return texts_.contains(flag); }
    [[nodiscard]] const std::string& text(std::string_view flag) const { return texts_.at(flag); }
    void refuse(std::string_view flag, std::string message) {
        mistakes_.push_back({fmt::format("--{}", flag), std::move(message)});
    }
    [[nodiscard]] const std::vector<FieldError>& mistakes() const { return mistakes_; }

  private:
    Texts texts_;
    std::vector<FieldError> mistakes_;
};

std::optional<std::string> parse_public_url(std::string text) {
    while (text.ends_with('/')) text.pop_back();
    const auto url = boost::urls::parse_uri(text);
    if (!url || (url->scheme() != "http" && url->scheme() != "https")) return std::nullopt;
    const bool is_bare =
        url->encoded_path().empty() && !url->has_query() && !url->has_fragment() && !url->has_userinfo();
    if (!is_bare || url->encoded_host().empty() || (url->has_port() && url->port_number() == 0))
        return std::nullopt;
    return text;
}

std::optional<std::string> parse_app_domain(const std::string& text) {
    const auto example = DomainName::parse("app." + text); // what default addresses will look like
    return example ? std::optional(example->value().substr(4)) : std::nullopt;
}

std::optional<std::vector<std::string>> parse_peers(const std::string& text) {
    auto peers = split_list(text);
    for (const auto& peer : peers) {
        boost::system::error_code error;
        boost::asio::ip::make_address(peer, error);
        if (error && peer != "unix") return std::nullopt;
    }
    return peers;
}

void read_paths(Reader& reader, Config& config) {
    if (!reader.has("data")) reader.refuse("data", "a directory is needed.");
    reader.read_path("data", config.data_directory, ".");
    const auto& data = config.data_directory;
    reader.read_path("caddyfile", config.caddyfile, data / "caddy" / "Caddyfile");
    reader.read_path("sites-dir", config.site_files_directory, data / "caddy" / "sites");
    reader.read_path("slots-dir", config.slots_directory, data / "caddy" / "slots");
    reader.read_path("static-dir", config.static_directory, data / "sites");
    reader.read_path("log-dir", config.log_directory, data / "log" / "sites");
    reader.read_path("docker-socket", config.docker_socket, config.docker_socket);
    config.database_url = "sqlite://" + (data / "panel.db").string();
    if (!reader.has("database")) return;
    config.database_url = reader.text("database");
    const auto url = parse_database_url(config.database_url); // its sentences do not repeat the password
    if (!url) reader.refuse("database", url.error().message);
}

std::optional<ServeRole> parse_role(std::string_view text) {
    if (text == "all") return ServeRole::all;
    if (text == "web") return ServeRole::web;
    if (text == "worker") return ServeRole::worker;
    return std::nullopt;
}

void read_network(Reader& reader, Config& config) {
    reader.read("role", config.role, parse_role, "all, web or worker");
    const auto parse_listen = [](const std::string& text) -> std::optional<Address> {
        auto address = parse_address(text);
        boost::system::error_code error;
        if (address) boost::asio::ip::make_address(address->host, error);
        return address && !error && address->socket_path.empty() ? address : std::nullopt;
    };
    const auto parse_admin = [](const std::string& text) -> std::optional<Address> {
        auto address = parse_address(text);
        return address && is_loopback(*address) ? address : std::nullopt; // whoever reaches it owns Caddy
    };
    reader.read("listen", config.listen, parse_listen, "an address and a port, such as 127.0.0.1:8080");
    reader.read("public-url", config.public_url, parse_public_url,
                "an address like https://panel.example.com, without a path");
    reader.read("app-domain", config.app_domain, parse_app_domain, "a domain, such as apps.example.com");
    reader.read_number("app-port", config.app_port, 1, 65'535);
    reader.read("https", config.https, parse_switch, "true or false");
    reader.read("caddy-admin", config.caddy_admin, parse_admin,
                "an address of this machine, such as 127.0.0.1:2019 or unix:/run/caddy/admin.sock");
    reader.read("trusted-proxies", config.trusted_proxies, parse_peers,
                "a list of addresses, such as 127.0.0.1,::1");
    const auto as_is = [](std::string text) { return std::optional(std::move(text)); };
    reader.read("private-git-hosts", config.private_git_hosts, as_is, "");
    if (config.https) config.probe_port = 8'090;
    reader.read_number("probe-port", config.probe_port, 1, 65'535);
    reader.read("redis", config.redis_url, as_is,
                ""); // App says what is wrong with it: adapters know its form
}

constexpr std::string_view processors_form =
    "a number of processors from 0.05 to 512, such as 0.5, or 0 for no limit";

void read_limits(Reader& reader, Config& config) {
    std::pair ports{config.first_app_port, config.last_app_port};
    reader.read("app-ports", ports, parse_port_range, "a range of ports above 1023, such as 21000-29999");
    config.first_app_port = ports.first;
    config.last_app_port = ports.second;
    reader.read_number("concurrent-builds", config.concurrent_builds, 1, 32);
    reader.read_number("keep-releases", config.keep_releases, 1, 1'000);
    reader.read_number("password-cost", config.password_cost, 4, 16);
    using namespace std::chrono_literals;
    reader.read_time("build-timeout", config.build_timeout, 1min, 24h, "a time from 1m to 24h, such as 30m");
    reader.read_time("health-timeout", config.health_timeout, 1s, 1h, "a time from 1s to 1h, such as 120s");
    reader.read_time("drain-timeout", config.drain_timeout, 0s, 1h, "a time up to 1h, such as 30s");
    const auto parse_memory = [](const std::string& text) -> std::optional<std::int64_t> {
        const auto size = parse_size(text);
        return size && (*size == 0 || *size >= (std::int64_t{16} << 20)) ? size : std::nullopt;
    };
    reader.read("app-memory", config.app_memory_bytes, parse_memory,
                "a size of at least 16M, such as 512M, or 0 for no limit");
    reader.read("build-memory", config.build_memory_bytes, parse_memory,
                "a size of at least 16M, such as 1536M, or 0 for no limit");
    reader.read("app-cpus", config.app_cpus, parse_processors, processors_form);
    reader.read("build-cpus", config.build_cpus, parse_processors, processors_form);
    const auto parse_cgroup = [](const std::string& text) -> std::optional<std::string> {
        const auto first = text.find_first_not_of('/'); // the kernel's way to write it has one in front
        if (first == std::string::npos || text.contains("..")) return std::nullopt;
        return text.substr(first);
    };
    reader.read("engine-cgroup", config.engine_cgroup, parse_cgroup,
                "the name of a control group, such as docker");
    reader.read_number("app-processes", config.app_processes, 16, 100'000);
    reader.read_number("build-processes", config.build_processes, 64, 100'000);
}

void read_disk(Reader& reader, Config& config) {
    constexpr std::string_view form = "a size, such as 512M or 10G";
    reader.read("disk-reserve", config.disk_reserve_bytes, parse_size, form);
    reader.read("build-space", config.build_space_bytes, parse_size, form);
    reader.read("image-budget", config.image_budget_bytes, parse_size, form);
    reader.read("cache-budget", config.cache_budget_bytes, parse_size, form);
    reader.read("static-budget", config.static_budget_bytes, parse_size, form);
    reader.read("repository-budget", config.repository_budget_bytes, parse_size, form);
    reader.read("log-budget", config.log_budget_bytes, parse_size, form);
    reader.read("own-engine", config.own_engine, parse_switch, "true or false");
}

} // namespace

Result<Config> parse_serve(const std::vector<std::string>& arguments, const Environment& environment) {
    auto texts = gather(arguments, environment);
    if (!texts) return std::unexpected(texts.error());
    Config config;
    Reader reader(std::move(*texts));
    read_paths(reader, config);
    read_network(reader, config);
    read_limits(reader, config);
    read_disk(reader, config);
    if (!reader.mistakes().empty())
        return std::unexpected(Error{Code::invalid, as_lines(reader.mistakes()), reader.mistakes()});
    return config;
}

std::string serve_help() {
    Texts texts;
    CLI::App app("Runs the panel. Flags win over the variables in brackets, those over the file.",
                 "vps-panel serve");
    describe(app, texts);
    return app.help();
}

} // namespace panel::config
