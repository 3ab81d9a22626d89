// The disk's ledger, what is removed from it, and a disk that is full: real files and SQLite, on a file
// system that holds 64 MB where it has to fill.

#include "services/server/disk_governor.hpp"

#include "database/deployment_repo.hpp"
#include "database/log_repo.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/release_record.hpp"
#include "services/git/mirror.hpp"
#include "support/fakes/fake_docker.hpp"
#include "support/run.hpp"
#include "support/small_disk.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <optional>

using namespace panel;
using namespace panel::server;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t megabyte = 1 << 20;

void put(const fs::path& path, std::size_t bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << std::string(bytes, 'x');
}

struct Disk {
    boost::asio::io_context loop{1};
    test::TempDatabase temp;
    test::FakeDocker docker;
    deployment::DeploymentEvents events;
    DiskSettings settings;
    std::optional<DiskGovernor> governor;
    std::int64_t project_id = 0;

    explicit Disk(fs::path data = {}) {
        settings.data_directory = data.empty() ? temp.directory.path() : std::move(data);
        settings.static_directory = settings.data_directory / "sites";
        settings.log_directory = settings.data_directory / "log";
        settings.installation = "test";
        settings.reserve_bytes = 0;
        settings.build_bytes = 0;
        project_id = temp.add_project(temp.add_user("a@example.com"), "atlas-web");
    }
    DiskGovernor& open() {
        governor.emplace(loop.get_executor(), *temp.database, temp.clock, docker, temp.pool, events,
                         settings);
        return *governor;
    }
    template <class T> T run(boost::asio::awaitable<T> task) { return test::run(loop, std::move(task)); }

    // Files carry the machine's time, the panel's clock the test's.
    void be_later_than_files(std::chrono::hours by) {
        const auto machine = std::chrono::system_clock::now().time_since_epoch() + by;
        temp.clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(machine) -
                           temp.clock.now().time_since_epoch());
    }

    // A release of the project that succeeded; the newest is live.
    std::int64_t release(const std::string& image, bool is_static = false) {
        const auto id = temp.add_deployment(project_id);
        temp.write([&](soci::session& session) {
            database::set_deployment_status(session, id, DeploymentStatus::building, temp.clock.now());
            database::set_deployment_status(session, id, DeploymentStatus::deploying, temp.clock.now());
            database::append_log(session, id, 0, std::string(3000, 'l'));
            database::finish_deployment(session, id, DeploymentStatus::success, std::nullopt,
                                        StepStatus::success, temp.clock.now());
            Release release;
            release.deployment_id = id;
            release.project_id = project_id;
            release.kind = is_static ? "static" : "server";
            release.image_id = is_static ? deployment::files_reference(id) : image;
            release.plan_json = "{}";
            release.health_path = "/";
            release.slot = is_static ? "static" : "blue";
            release.container_port = 3000;
            release.created_at = temp.clock.now();
            database::put_release(session, release);
            database::set_live_deployment(session, project_id, {.deployment_id = id}, temp.clock.now());
        });
        return id;
    }
    void image(const std::string& id, std::int64_t megabytes, const std::string& installation = "test") {
        docker.add_image(
            id, megabytes * megabyte,
            {{"vps-panel.data", installation}, {"vps-panel.project", std::to_string(project_id)}});
    }
    std::int64_t bytes(DiskKind kind) {
        const auto items =
            temp.read([](soci::session& session) { return database::list_disk_items(session); });
        std::int64_t sum = 0;
        for (const auto& item : items)
            if (item.kind == kind) sum += item.bytes;
        return sum;
    }
    bool is_kept(std::int64_t deployment_id) {
        return temp
            .read([&](soci::session& session) { return database::find_release(session, deployment_id); })
            ->image_available;
    }
};

std::vector<std::string> titles(const Cleaned& cleaned) {
    std::vector<std::string> out;
    for (const auto& removal : cleaned.removed) out.push_back(removal.title);
    return out;
}

} // namespace

TEST_CASE("the ledger holds what the panel made, each with its size, and nothing of anyone else") {
    Disk disk;
    disk.image("sha256:one", 100);
    disk.image("sha256:foreign", 500, "another panel");
    disk.docker.build_cache = {{"a", "mount / from exec", 70 * megabyte, false, false},
                               {"b", "an image has it too", 100 * megabyte, false, true}};
    disk.release("sha256:one");
    put(disk.settings.static_directory / "1" / "3" / "index.html", 20'000);
    put(disk.settings.static_directory / "notes.txt", 50'000); // somebody else's
    put(disk.settings.log_directory / "1.log", 10'000);
    put(disk.settings.data_directory / "repositories" / "aa.git" / "objects" / "pack", 30'000);
    put(disk.settings.data_directory / "mine.iso", 90'000);
    auto& governor = disk.open();
    disk.run(governor.refresh());
    CHECK(disk.bytes(DiskKind::image) == 100 * megabyte);
    CHECK(disk.bytes(DiskKind::build_cache) == 70 * megabyte);
    CHECK(disk.bytes(DiskKind::static_files) >= 20'000);
    CHECK(disk.bytes(DiskKind::static_files) < 45'000);
    CHECK(disk.bytes(DiskKind::access_log) >= 10'000);
    CHECK(disk.bytes(DiskKind::repository) >= 30'000);
    CHECK(disk.bytes(DiskKind::build_log) == 3000);
    CHECK(disk.bytes(DiskKind::database) > 0);

    DiskReport report(*disk.temp.database, disk.temp.clock, disk.settings);
    const auto status = disk.run(report.read());
    CHECK(status.reading.total_bytes > status.reading.free_bytes);
    CHECK(status.reading.panel_bytes >= 100 * megabyte);
    CHECK(status.reading.panel_bytes < 170 * megabyte); // whose the build cache is cannot be told
    REQUIRE(status.categories.size() == 6);
    CHECK(status.categories[0].name == "images");
    CHECK(status.categories[0].bytes == 100 * megabyte);
    CHECK(status.categories[0].budget_bytes);
    CHECK(status.removable.empty());
}

TEST_CASE("an engine that is away leaves the ledger's images as they were") {
    Disk disk;
    disk.image("sha256:one", 100);
    disk.release("sha256:one");
    auto& governor = disk.open();
    disk.run(governor.refresh());
    disk.docker.is_down = true;
    disk.run(governor.refresh());
    CHECK(disk.bytes(DiskKind::image) == 100 * megabyte);
}

TEST_CASE("a dry run names what goes and touches nothing; then it goes, the oldest release first") {
    Disk disk;
    std::vector<std::int64_t> ids;
    for (const auto* image : {"sha256:1", "sha256:2", "sha256:3", "sha256:4"}) {
        disk.image(image, 100);
        ids.push_back(disk.release(image));
    }
    disk.image("sha256:stray", 40);
    disk.settings.budgets.images = 320 * megabyte;
    disk.temp.clock.advance(48h);
    auto& governor = disk.open();
    const auto dry = disk.run(governor.clean(true));
    CHECK(titles(dry) == std::vector<std::string>{"atlas-web", "atlas-web, deployment 1"});
    CHECK(dry.freed_bytes == 140 * megabyte);
    CHECK(disk.docker.has_image("sha256:1"));
    CHECK(disk.docker.has_image("sha256:stray"));

    const auto done = disk.run(governor.clean(false));
    CHECK(titles(done) == titles(dry));
    CHECK_FALSE(disk.docker.has_image("sha256:stray"));
    CHECK_FALSE(disk.docker.has_image("sha256:1"));
    CHECK(disk.docker.has_image("sha256:2"));
    CHECK_FALSE(disk.is_kept(ids[0]));
    CHECK(disk.is_kept(ids[1]));
    CHECK(disk.run(governor.clean(false)).removed.empty());
}

TEST_CASE("files without a release, mirrors without a project and old logs go; the rest of the disk is not "
          "touched") {
    Disk disk;
    const auto live = disk.release("", true);
    const auto& sites = disk.settings.static_directory;
    put(sites / "1" / std::to_string(live) / "index.html", 1000);
    put(sites / "1" / "77" / "index.html", 1000);
    put(disk.settings.data_directory / "repositories" / "aa.git" / "HEAD", 1000);
    const auto used = git::mirror_directory(disk.settings.data_directory / "repositories",
                                            *GitUrl::parse("https://git.example.com/acme/atlas-web.git"));
    put(used / "HEAD", 1000);
    put(disk.settings.log_directory / "1.log", 1000);
    put(disk.settings.log_directory / "12.log", 1000);
    put(disk.settings.log_directory / "readme", 1000);
    const auto old = disk.release("", true);
    put(sites / "1" / std::to_string(old) / "index.html", 1000);
    disk.settings.budgets.logs = 1;
    disk.be_later_than_files(48h);
    auto& governor = disk.open();
    (void)disk.run(governor.clean(false));
    CHECK(fs::exists(sites / "1" / std::to_string(live)));
    CHECK_FALSE(fs::exists(sites / "1" / "77"));
    CHECK_FALSE(fs::exists(disk.settings.data_directory / "repositories" / "aa.git"));
    CHECK_FALSE(fs::exists(disk.settings.data_directory / "repositories" / "aa.git.lock"));
    CHECK(fs::exists(used));
    CHECK(fs::exists(disk.settings.log_directory / "1.log"));
    CHECK_FALSE(fs::exists(disk.settings.log_directory / "12.log"));
    CHECK(fs::exists(disk.settings.log_directory / "readme"));
    const auto log = disk.temp.read([&](soci::session& s) { return database::read_log(s, live, 0, 10'000); });
    CHECK(log.bytes == "The log of this deployment was removed to make room on the disk.\n");
    CHECK(log.total == static_cast<std::int64_t>(log.bytes.size()));
    const auto kept = disk.temp.read([&](soci::session& s) { return database::read_log(s, old, 0, 10'000); });
    CHECK(kept.bytes == std::string(3000, 'l')); // the live one's
}

TEST_CASE("a release that is chosen for a rollback meanwhile is not given up") {
    Disk disk;
    std::vector<std::int64_t> ids;
    for (const auto* image : {"sha256:1", "sha256:2", "sha256:3"}) {
        disk.image(image, 100);
        ids.push_back(disk.release(image));
    }
    disk.settings.budgets.images = 250 * megabyte;
    disk.temp.clock.advance(48h);
    auto& governor = disk.open();
    REQUIRE(disk.run(governor.clean(true)).removed.size() == 1);
    (void)disk.temp.add_deployment(disk.project_id); // pending: whatever it needs stays
    CHECK(disk.run(governor.clean(false)).removed.empty());
    CHECK(disk.is_kept(ids[0]));
}

TEST_CASE("the reserve is held, given up when the disk is full, and made again when there is space") {
    if (!test::SmallDisk::is_possible()) {
        MESSAGE("SKIPPED: a file system of the test's own needs root");
        return;
    }
    const test::SmallDisk small(64 * megabyte);
    Disk disk(small.path());
    disk.settings.reserve_bytes = 8 * megabyte;
    auto& governor = disk.open();
    const auto reserve = small.path() / "reserve";
    disk.run(governor.look());
    CHECK(fs::file_size(reserve) == 8 * megabyte);
    const auto filler = small.fill(64 * 1024);
    disk.run(governor.look());
    CHECK_FALSE(fs::exists(reserve));
    CHECK(governor.least_space().free_bytes >= 8 * megabyte); // the panel goes on writing
    disk.run(governor.look());
    CHECK_FALSE(fs::exists(reserve));
    fs::remove(filler);
    disk.run(governor.look());
    CHECK(fs::file_size(reserve) == 8 * megabyte);
}

TEST_CASE("a deployment is refused before the disk is full, unless cleaning makes room") {
    if (!test::SmallDisk::is_possible()) {
        MESSAGE("SKIPPED: a file system of the test's own needs root");
        return;
    }
    const test::SmallDisk small(64 * megabyte);
    Disk disk(small.path());
    disk.settings.build_bytes = 32 * megabyte;
    auto& governor = disk.open();
    CHECK(disk.run(governor.make_space()));
    const auto filler = small.fill(20 * megabyte);
    const auto refused = disk.run(governor.make_space());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "Not enough space: 20 MB free, a build needs about 32 MB.");
    fs::remove(filler);
    // The same again, but this time some of it is what nothing needs any more.
    put(disk.settings.static_directory / "1" / "77" / "index.html", 20 * megabyte);
    disk.be_later_than_files(2h);
    const auto rest = small.fill(20 * megabyte);
    CHECK(disk.run(governor.make_space()));
    CHECK_FALSE(fs::exists(disk.settings.static_directory / "1" / "77"));
}
