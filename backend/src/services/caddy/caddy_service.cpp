#include "services/caddy/caddy_service.hpp"

#include "base/crash_point.hpp"
#include "net/process.hpp"
#include "services/caddy/durable_file.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <system_error>

namespace panel::caddy {

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds admin_deadline{5'000};
constexpr std::chrono::milliseconds load_deadline{
    45'000}; // longer than Caddy's grace_period: a reload waits for it
constexpr std::chrono::milliseconds probe_deadline{10'000};
constexpr std::chrono::minutes temporary_file_age{2};
constexpr std::string_view suffix = ".caddy";

std::unexpected<Error> unavailable(std::string message) {
    return fail(Code::unavailable, std::move(message));
}

// net's words for a connection that did not work out, in terms of Caddy.
std::unexpected<Error> translate(const Error& error) {
    if (error.code == Code::cancelled) return std::unexpected(error);
    return unavailable("Caddy, the web server in front of the apps, is not running or does not answer.");
}

std::string reason_of(const net::Response& response) {
    boost::system::error_code error;
    const auto document = json::parse(response.body, error);
    const auto* object = error ? nullptr : document.if_object();
    const auto* reason = object == nullptr ? nullptr : object->if_contains("error");
    return reason != nullptr && reason->is_string() ? std::string(reason->get_string())
                                                    : response.body.substr(0, 500);
}

std::unexpected<Error> refuse(const std::string& reason) {
    spdlog::error("caddy refused the configuration: {}", reason);
    if (reason.contains("ambiguous site definition"))
        return fail(Code::invalid, "Another site of this server already has one of these domains.");
    if (reason.contains("address already in use"))
        return fail(Code::invalid, "Another program already uses the port that the site needs.");
    if (reason.contains("permission denied"))
        return fail(Code::invalid,
                    "Caddy lacks the permission that the site needs, for example to listen on its port.");
    return fail(Code::invalid, "Caddy refused the site's configuration; the one before stays in force.");
}

} // namespace

// A site file that is to be written (or removed, without text), and the caller waiting for it.
// Project 0 changes no file.
struct CaddyService::Change {
    Change(const asio::any_io_executor& executor, std::int64_t id, std::optional<std::string> content)
        : project_id(id), text(std::move(content)), done(executor, asio::steady_timer::time_point::max()) {}
    void finish(const Result<void>& outcome) {
        if (result) return;
        result = outcome;
        done.cancel();
    }
    std::int64_t project_id;
    std::optional<std::string> text;
    asio::steady_timer done;
    std::optional<Result<void>> result;
};

CaddyService::CaddyService(asio::any_io_executor executor, CaddySettings settings)
    : settings_(std::move(settings)), executor_(executor), tasks_(executor) {}

CaddyService::~CaddyService() = default;

fs::path CaddyService::site_file(std::int64_t project_id) const {
    return settings_.site_files_directory / fmt::format("{}{}", project_id, suffix);
}

asio::awaitable<Result<void>> CaddyService::apply_site(Site site) {
    if (site.domains.empty()) co_return fail(Code::invalid, "A site needs at least one domain.");
    co_return co_await submit(site.project_id, render_site(site, settings_.site_paths));
}

asio::awaitable<Result<void>> CaddyService::load() { co_return co_await submit(0, std::nullopt); }

// Files are read here on the loop: they are small, and a server has few.
asio::awaitable<Result<SiteCheck>> CaddyService::check_sites(std::vector<Site> sites) {
    SiteCheck check;
    for (const auto& site : sites)
        if (read_file(site_file(site.project_id)) != render_site(site, settings_.site_paths))
            check.differing.push_back(site.project_id);
    remove_temporary_files();
    if (!check.differing.empty()) co_return check; // repairing them loads everything
    const auto in_force = co_await config_in_force();
    if (!in_force) co_return std::unexpected(in_force.error());
    if (!loaded_) { // nothing was loaded by this process: Caddy says whether loading changes anything
        if (auto loaded = co_await load(); !loaded) co_return std::unexpected(loaded.error());
    }
    check.is_in_force = loaded_ == *in_force;
    co_return check;
}

// Of writers that died; a living one needs milliseconds.
void CaddyService::remove_temporary_files() const {
    std::error_code error;
    fs::directory_iterator entries(settings_.site_files_directory, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        const auto name = entries->path().filename().native();
        std::error_code ignored;
        const auto written = fs::last_write_time(entries->path(), ignored);
        const bool is_left = name.starts_with('.') && name.ends_with(".tmp") &&
                             fs::file_time_type::clock::now() - written > temporary_file_age;
        if (is_left && !ignored) fs::remove(entries->path(), ignored);
    }
}

// GET /config/: what Caddy runs, as JSON. Only whether it is still the same matters.
asio::awaitable<Result<std::size_t>> CaddyService::config_in_force() {
    const auto response = co_await ask_admin("/config/");
    if (!response) co_return std::unexpected(response.error());
    co_return std::hash<std::string>{}(response->body);
}

asio::awaitable<Result<void>> CaddyService::remove_site(std::int64_t project_id) {
    if (!read_file(site_file(project_id)))
        co_return remove_file(site_file(project_id)); // and what is left of it
    co_return co_await submit(project_id, std::nullopt);
}

asio::awaitable<Result<void>> CaddyService::submit(std::int64_t project_id, std::optional<std::string> text) {
    const auto change = std::make_shared<Change>(executor_, project_id, std::move(text));
    waiting_.push_back(change);
    if (!is_working_ && tasks_.spawn("caddy reload", work()) == 0)
        co_return fail(Code::cancelled, "The server is shutting down.");
    while (!change->result) {
        const auto [woken] = co_await change->done.async_wait(asio::as_tuple(asio::use_awaitable));
        const bool is_cancelled = !change->result && woken == asio::error::operation_aborted;
        if (is_cancelled) co_return fail(Code::cancelled, "The change of the site was cancelled.");
    }
    co_return *change->result;
}

// Takes all changes that wait, until none does. A refused batch of several is taken apart, so that only the
// change at fault is refused.
asio::awaitable<void> CaddyService::work() {
    struct Session { // whatever ends this coroutine, nobody is left waiting
        CaddyService& service;
        Batch batch = {};
        explicit Session(CaddyService& s) : service(s) { service.is_working_ = true; }
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;
        ~Session() {
            service.is_working_ = false;
            for (const auto& change : batch)
                change->finish(fail(Code::cancelled, "The change of the site was cancelled."));
            for (const auto& change : service.waiting_)
                change->finish(fail(Code::cancelled, "The change of the site was cancelled."));
            service.waiting_.clear();
        }
    };
    Session session(*this);
    while (!waiting_.empty()) {
        session.batch = std::exchange(waiting_, {});
        const auto together = co_await load_batch(session.batch);
        const bool is_taken_apart =
            !together && together.error().code == Code::invalid && session.batch.size() > 1;
        for (const auto& change : session.batch) {
            const Batch alone{change};
            const auto outcome = is_taken_apart ? co_await load_batch(alone) : together;
            change->finish(outcome);
        }
    }
}

// Writes the batch's files and lets Caddy load them. When Caddy refuses, the files are as before; when it
// cannot be reached they stay, for its next start. No fsync: a file lost with the power is written again by
// reconcile.
asio::awaitable<Result<void>> CaddyService::load_batch(const Batch& batch) {
    std::map<std::int64_t, std::optional<std::string>> before;
    const auto write = [this](std::int64_t project_id, const std::optional<std::string>& text) {
        return text ? replace_file(site_file(project_id), *text) : remove_file(site_file(project_id));
    };
    Result<void> outcome;
    for (const auto& change : batch) {
        if (change->project_id == 0) continue;
        auto present = read_file(site_file(change->project_id));
        if (outcome && present != change->text) outcome = write(change->project_id, change->text);
        before.emplace(change->project_id, std::move(present));
    }
    CRASH_POINT("caddy.site.written");
    if (outcome) outcome = co_await reload();
    CRASH_POINT("caddy.site.loaded");
    const bool is_kept =
        outcome || outcome.error().code == Code::unavailable || outcome.error().code == Code::cancelled;
    if (is_kept) co_return outcome;
    for (const auto& [project_id, text] : before) {
        if (const auto restored = write(project_id, text); !restored)
            spdlog::error("the site file of project {} could not be put back", project_id);
    }
    co_return outcome;
}

// POST /load: Caddy adapts, checks and starts the new configuration before it lets go of the old one, and
// answers then.
asio::awaitable<Result<void>> CaddyService::reload() {
    const auto text = read_file(settings_.caddyfile);
    if (!text) co_return unavailable("Caddy's main configuration file is missing.");
    net::Call call;
    call.endpoint = settings_.admin;
    call.method = "POST";
    call.target = "/load";
    call.headers.set("Content-Type", "text/caddyfile");
    call.body = *text;
    call.deadline = load_deadline;
    const auto response = co_await net::send(std::move(call));
    if (!response) co_return translate(response.error());
    if (response->status == 200) {
        loaded_.reset();
        if (const auto in_force = co_await config_in_force()) loaded_ = *in_force;
        co_return Result<void>{};
    }
    const auto reason = reason_of(*response);
    if (response->status == 400) co_return refuse(reason);
    spdlog::error("caddy answered {} to a reload: {}", response->status, reason);
    co_return unavailable("Caddy could not load the configuration of the sites.");
}

asio::awaitable<Result<net::Response>> CaddyService::ask_admin(std::string target) {
    net::Call call;
    call.endpoint = settings_.admin;
    call.target = std::move(target);
    call.deadline = admin_deadline;
    auto response = co_await net::send(std::move(call));
    if (!response) co_return translate(response.error());
    if (response->status == 200) co_return response;
    spdlog::error("caddy's admin interface answered {}: {}", response->status, reason_of(*response));
    co_return unavailable("Caddy's admin interface refused the question.");
}

asio::awaitable<Result<std::string>> CaddyService::version() {
    const auto alive = co_await ask_admin("/reverse_proxy/upstreams");
    if (!alive) co_return std::unexpected(alive.error());
    net::ProcessSpec spec;
    spec.argv = {settings_.program, "version"};
    spec.deadline = admin_deadline;
    const auto exit = co_await net::run_process(std::move(spec));
    if (!exit || exit->exit_code != 0) co_return unavailable("The caddy program does not tell its version.");
    const auto& output = exit->standard_output; // "v2.8.4 h1:...", Debian's "2.6.2"
    const auto start = output.starts_with('v') ? 1U : 0U;
    co_return output.substr(start, output.find_first_of(" \n") - start);
}

Result<std::vector<std::int64_t>> CaddyService::list_sites() {
    std::vector<std::int64_t> ids;
    std::error_code error;
    fs::directory_iterator entries(settings_.site_files_directory, error);
    if (error == std::errc::no_such_file_or_directory) return ids;
    if (error) return fail(Code::internal, "The directory of Caddy's site files cannot be read.");
    for (; entries != fs::directory_iterator(); entries.increment(error)) {
        const auto name = entries->path().filename().native();
        std::int64_t id = 0;
        const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), id);
        if (failure == std::errc{} && std::string_view(end) == suffix) ids.push_back(id);
    }
    std::ranges::sort(ids);
    return ids;
}

// GET /reverse_proxy/upstreams: [{"address": "127.0.0.1:21006", "num_requests": 0, "fails": 0}, ...]
asio::awaitable<Result<int>> CaddyService::open_requests(std::uint16_t port) {
    const auto response = co_await ask_admin("/reverse_proxy/upstreams");
    if (!response) co_return std::unexpected(response.error());
    boost::system::error_code error;
    const auto document = json::parse(response->body, error);
    if (error || !(document.is_array() || document.is_null()))
        co_return unavailable("Caddy's list of upstreams cannot be read.");
    if (document.is_null()) co_return 0;
    const auto address = fmt::format("127.0.0.1:{}", port);
    std::int64_t count = 0;
    for (const auto& entry : document.get_array()) {
        const auto* upstream = entry.if_object();
        const auto* name = upstream == nullptr ? nullptr : upstream->if_contains("address");
        const auto* requests = upstream == nullptr ? nullptr : upstream->if_contains("num_requests");
        const bool is_ours = name != nullptr && requests != nullptr && name->is_string() &&
                             requests->is_int64() && name->get_string() == address;
        if (is_ours) count += requests->get_int64();
    }
    co_return static_cast<int>(count);
}

asio::awaitable<Result<ProbeAnswer>> CaddyService::probe(DomainName host, std::string path) {
    if (!path.starts_with('/')) co_return fail(Code::invalid, "The path must start with a slash.");
    const auto& paths = settings_.site_paths.values();
    const auto port = paths.probe_port != 0 ? paths.probe_port : paths.app_port;
    net::Call call;
    call.endpoint.port = port;
    call.target = std::move(path);
    call.headers.set("Host", fmt::format("{}:{}", host.value(), port));
    call.headers.set("User-Agent", "vps-panel");
    call.headers.set("Accept", "text/html, */*");
    call.headers.set(std::string(probe_header), paths.probe_token);
    call.sink = [](std::string_view) -> asio::awaitable<Result<void>> {
        co_return Result<void>{};
    }; // only the head of the answer matters
    call.deadline = probe_deadline;
    const auto response = co_await net::send(std::move(call));
    if (!response && response.error().code == Code::bad_request) co_return std::unexpected(response.error());
    if (!response) co_return translate(response.error());
    ProbeAnswer answer;
    answer.status = response->status;
    answer.slot = response->headers.get(slot_header);
    co_return answer;
}

asio::awaitable<void> CaddyService::stop() { co_await tasks_.stop(admin_deadline); }

} // namespace panel::caddy
