#include "services/deployment/reconcile.hpp"

#include "base/crash_point.hpp"
#include "base/deadline.hpp"
#include "database/database.hpp"
#include "database/lease_repo.hpp"
#include "services/deployment/job_bell.hpp"

#include <spdlog/spdlog.h>

namespace panel::deployment {

namespace {

constexpr const char* lease_name = "reconcile";
// A pass that hangs, whatever hangs in it, ends before its lease.
constexpr std::chrono::milliseconds pass_limit{60'000};

} // namespace

Reconcile::Reconcile(asio::any_io_executor executor, Ports& ports, JobBell& bell)
    : ports_(ports),
      bell_(bell),
      containers_(ports, repairs_),
      sites_(ports, repairs_),
      orphans_(ports, repairs_),
      tasks_(std::move(executor)) {}

void Reconcile::start() { tasks_.spawn("reconcile", keep_running()); }

asio::awaitable<void> Reconcile::stop(std::chrono::milliseconds patience) {
    stopping_ = true;
    co_await tasks_.stop(patience);
    co_await give_lease_back();
}

asio::awaitable<void> Reconcile::keep_running() {
    while (!stopping_) {
        try {
            if (!co_await with_deadline(run(), pass_limit))
                spdlog::warn("reconcile: a pass took too long and was ended; the next goes on");
        } catch (const soci::soci_error& error) { // the next pass finds the same
            spdlog::error("reconcile: {}", error.what());
        }
        co_await sleep_for(orphans_.has_suspects() ? short_interval : interval);
    }
}

asio::awaitable<bool> Reconcile::take_lease() {
    auto take = [this](soci::session& session) {
        return database::take_lease(session, lease_name, ports_.settings.worker_name, lease_time,
                                    ports_.clock.now());
    };
    co_return co_await ports_.database.write(std::move(take));
}

asio::awaitable<void> Reconcile::give_lease_back() {
    auto give = [this](soci::session& session) {
        database::release_lease(session, lease_name, ports_.settings.worker_name);
    };
    co_await ports_.database.write(std::move(give));
}

asio::awaitable<void> Reconcile::run() {
    bell_.ring();
    CRASH_POINT("reconcile.bell.rung");
    if (!co_await take_lease()) co_return;
    co_await repair();
    co_await repairs_.store(ports_.database);
}

// What exists is listed before the record is read: what came into being since is on the record then. What
// needs no Docker comes first: Docker may take half a minute to say nothing.
asio::awaitable<void> Reconcile::repair() {
    auto read = [this](soci::session& session) { return read_world(session, ports_.clock.now()); };
    const auto files = ports_.proxy.list_sites();
    auto world = co_await ports_.database.read(read);
    sites_.keep_markers(world);
    co_await sites_.keep_sites(world, files.value_or(std::vector<std::int64_t>{}));
    const auto containers =
        co_await ports_.docker.list_containers(label_installation, ports_.settings.installation);
    if (!containers) co_return repairs_.unreachable("Docker", containers.error().message);
    repairs_.reachable("Docker");
    world = co_await ports_.database.read(read);
    co_await containers_.run(world, *containers);
    co_await orphans_.run();
}

} // namespace panel::deployment
