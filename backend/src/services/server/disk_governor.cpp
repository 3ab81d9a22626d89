#include "services/server/disk_governor.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "base/offload.hpp"
#include "database/deployment_repo.hpp"
#include "database/disk_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/build_use.hpp"
#include "services/docker/build_limiter.hpp"
#include "services/git/mirror.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <exception>

namespace panel::server {

namespace {

constexpr std::chrono::milliseconds look_interval{1'000};
constexpr std::chrono::seconds after_deployment{30}; // several deployments are measured once
constexpr std::chrono::minutes at_least_every{10};
constexpr std::chrono::minutes reading_interval{10}; // of the readings that the forecast stands on
constexpr std::chrono::minutes reading_age{1};       // of the free space that people are told
constexpr std::chrono::hours readings_kept{24 * 14};
constexpr std::chrono::milliseconds mirror_patience{1'000};

using deployment::say_bytes;

// Looks again, in the transaction that counts: a deployment or a rollback may have begun since the plan was
// made, and need what it names. Releases that lose their image or files can no longer be rolled back to from
// here on.
bool give_up(soci::session& session, const Removal& removal) {
    if (!removal.project_id) return true;
    const auto project = database::find_project(session, Principal::system(), *removal.project_id);
    if (!project) return removal.releases.empty();
    if (!database::unfinished_deployments(session, project->id).empty()) return false;
    if (std::ranges::find(removal.releases, project->live_deployment_id.value_or(0)) !=
        removal.releases.end())
        return false;
    for (const auto id : removal.releases) database::set_release_image_available(session, id, false);
    return true;
}

// The name of an item is a path below its directory, and never one that leads out of it.
bool is_plain_name(std::string_view name) {
    return !name.empty() && !name.starts_with('/') && name.find("..") == std::string_view::npos;
}

std::int64_t parse_number(const std::string& text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace

DiskGovernor::DiskGovernor(boost::asio::any_io_executor executor, database::Database& database,
                           const Clock& clock, docker::DockerEngine& engine, boost::asio::thread_pool& pool,
                           deployment::DeploymentEvents& events, const DiskSettings& settings)
    : database_(database),
      clock_(clock),
      engine_(engine),
      pool_(pool),
      events_(events),
      settings_(settings),
      survey_(database, engine, pool, settings),
      reserve_(settings.data_directory / "reserve", settings.reserve_bytes),
      tasks_(std::move(executor)) {
    subscription_ = events_.subscribe([this](const deployment::DeploymentEvents::Event& event) {
        if (event.kind == deployment::DeploymentEvents::Event::Kind::state_changed) is_stale_ = true;
    });
}

DiskGovernor::~DiskGovernor() { events_.unsubscribe(subscription_); }

void DiskGovernor::start() { tasks_.spawn("disk", keep_watch()); }

boost::asio::awaitable<void> DiskGovernor::stop(std::chrono::milliseconds patience) {
    co_await tasks_.stop(patience);
}

boost::asio::awaitable<void> DiskGovernor::keep_watch() {
    auto measured = std::chrono::steady_clock::time_point::min();
    auto read = measured;
    while (true) {
        try {
            co_await look();
            const auto now = std::chrono::steady_clock::now();
            const bool is_first = measured == std::chrono::steady_clock::time_point::min();
            if (is_first || (is_stale_ && now - measured >= after_deployment) ||
                now - measured >= at_least_every) {
                measured = now;
                is_stale_ = false;
                read = now;
                (void)co_await clean(false);
            } else if (now - read >= reading_age) {
                read = now;
                co_await write_reading(clock_.now());
            }
        } catch (const boost::system::system_error&) {
            throw;                              // the end
        } catch (const std::exception& error) { // the database is away or full: the next look is soon
            spdlog::warn("disk: {}", error.what());
        }
        co_await sleep_for(look_interval);
    }
}

boost::asio::awaitable<void> DiskGovernor::look() {
    auto work = [this] {
        const auto space = space_at(settings_.data_directory);
        const bool is_full = space.total_bytes > 0 && space.free_bytes < settings_.reserve_bytes / 4;
        const bool is_released = is_full && reserve_.release();
        return std::pair(is_released, !is_full && reserve_.hold(space.free_bytes));
    };
    const auto [is_released, is_held] = co_await offload(pool_, std::move(work));
    if (is_released)
        spdlog::error("The disk is full; the reserve of {} was given up so that the panel goes on working.",
                      say_bytes(settings_.reserve_bytes));
    if (is_full_ && is_held) spdlog::info("The disk has space again, and the reserve is held.");
    is_full_ = is_released || (is_full_ && !is_held);
}

boost::asio::awaitable<void> DiskGovernor::refresh() {
    if (engine_directory_.empty()) {
        const auto info = co_await engine_.info();
        if (info && docker::is_on_this_machine(*info)) engine_directory_ = info->root_directory;
    }
    const auto now = clock_.now();
    const auto survey = co_await survey_.measure(now);
    auto write = [&survey](soci::session& session) {
        database::replace_disk_items(session, survey.kinds, survey.items);
    };
    co_await database_.write(std::move(write));
    co_await write_reading(now);
}

boost::asio::awaitable<void> DiskGovernor::write_reading(Timestamp now) {
    auto measure = [this] { return std::pair(space_at(settings_.data_directory), reserve_.held_bytes()); };
    const auto [space, held] = co_await offload(pool_, std::move(measure));
    DiskReading reading;
    reading.at = std::chrono::floor<std::chrono::minutes>(now);
    reading.at -= (reading.at.time_since_epoch() % reading_interval);
    reading.total_bytes = space.total_bytes;
    reading.free_bytes = space.free_bytes;
    reading.reserve_bytes = held;
    auto write = [this, &reading, now](soci::session& session) {
        for (const auto& item : database::list_disk_items(session))
            if (item.kind != DiskKind::build_cache ||
                settings_.own_engine) // else it is not to be told whose it is
                reading.panel_bytes += item.bytes;
        database::put_disk_reading(session, reading);
        database::remove_disk_readings_before(session, now - readings_kept);
    };
    co_await database_.write(std::move(write));
}

boost::asio::awaitable<Cleaned> DiskGovernor::clean(bool dry_run, std::int64_t wanted_bytes) {
    co_await refresh();
    auto read = [this, wanted_bytes](soci::session& session) {
        return read_disk_facts(session, clock_.now(), wanted_bytes);
    };
    auto facts = co_await database_.read(std::move(read));
    facts.free_bytes = least_space().free_bytes;
    Cleaned cleaned;
    for (const auto& removal : plan_removals(facts, settings_)) {
        if (!dry_run && !co_await remove(removal)) continue;
        cleaned.freed_bytes += removal.bytes;
        cleaned.removed.push_back(removal);
        if (!dry_run)
            spdlog::info("disk: removed {} {} ({}): {}", to_string(removal.kind), removal.title,
                         say_bytes(removal.bytes), removal.reason);
    }
    if (!dry_run && !cleaned.removed.empty()) co_await write_reading(clock_.now());
    co_return cleaned;
}

boost::asio::awaitable<bool> DiskGovernor::remove(const Removal& removal) {
    auto look_again = [&removal](soci::session& session) { return give_up(session, removal); };
    if (!co_await database_.write(std::move(look_again))) co_return false;
    CRASH_POINT("disk.removal.recorded");
    bool is_removed = false;
    switch (removal.kind) {
    case DiskKind::image: // one that a container runs from is kept by the engine
        is_removed = (co_await engine_.remove_image(removal.name)).has_value();
        break;
    case DiskKind::build_cache: is_removed = co_await prune_cache(removal.bytes); break;
    case DiskKind::static_files:
        is_removed = co_await remove_files(settings_.static_directory, removal.name);
        break;
    case DiskKind::access_log:
        is_removed = co_await remove_files(settings_.log_directory, removal.name);
        break;
    case DiskKind::repository: is_removed = co_await remove_mirror(removal.name); break;
    case DiskKind::build_log: {
        auto forget_log = [id = parse_number(removal.name)](soci::session& session) {
            database::remove_stored_log(session, id);
        };
        co_await database_.write(std::move(forget_log));
        co_return true; // the ledger counts a project's logs together
    }
    case DiskKind::database: break;
    }
    CRASH_POINT("disk.removal.done");
    if (is_removed) co_await forget(removal);
    co_return is_removed;
}

boost::asio::awaitable<bool> DiskGovernor::remove_files(std::filesystem::path directory, std::string name) {
    if (!is_plain_name(name)) co_return false;
    auto erase = [path = directory / name] {
        std::error_code error;
        std::filesystem::remove_all(path, error);
        return !error;
    };
    co_return co_await offload(pool_, std::move(erase));
}

// Under its lock: a fetch may have begun.
boost::asio::awaitable<bool> DiskGovernor::remove_mirror(std::string name) {
    if (!is_plain_name(name)) co_return false;
    const auto mirrors = settings_.data_directory / "repositories";
    const auto lock = co_await git::MirrorLock::take(mirrors / name, mirror_patience);
    if (!lock) co_return false;
    const bool is_removed = co_await remove_files(mirrors, name);
    if (is_removed) lock->forget();
    co_return is_removed;
}

boost::asio::awaitable<bool> DiskGovernor::prune_cache(std::int64_t bytes) {
    auto read = [](soci::session& session) { return database::list_disk_items(session); };
    const auto items = co_await database_.read(std::move(read));
    const auto cache = std::ranges::find(items, DiskKind::build_cache, &DiskItem::kind);
    const auto held = cache == items.end() ? 0 : cache->bytes;
    co_return (co_await engine_.prune_build_cache(std::max<std::int64_t>(held - bytes, 0))).has_value();
}

boost::asio::awaitable<void> DiskGovernor::forget(const Removal& removal) {
    if (removal.kind == DiskKind::build_cache) {
        is_stale_ = true; // what is left of it is measured again
        co_return;
    }
    auto write = [&removal](soci::session& session) {
        database::remove_disk_item(session, removal.kind, removal.name);
    };
    co_await database_.write(std::move(write));
}

DiskSpace DiskGovernor::least_space() const {
    const auto data = space_at(settings_.data_directory);
    if (engine_directory_.empty()) return data;
    const auto images = space_at(engine_directory_);
    return images.total_bytes > 0 && images.free_bytes < data.free_bytes ? images : data;
}

boost::asio::awaitable<Result<void>> DiskGovernor::make_space() {
    const auto wanted = settings_.build_bytes;
    if (least_space().free_bytes >= wanted) co_return Result<void>{};
    const auto cleaned = co_await clean(false, wanted);
    const auto left = least_space().free_bytes;
    if (left >= wanted) co_return Result<void>{};
    const auto done = cleaned.freed_bytes > 0 ? fmt::format(" {} were already removed to make room.",
                                                            say_bytes(cleaned.freed_bytes))
                                              : std::string();
    co_return fail(Code::unavailable, fmt::format("Not enough space: {} free, a build needs about {}.{}",
                                                  say_bytes(left), say_bytes(wanted), done));
}

} // namespace panel::server
