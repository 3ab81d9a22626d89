// The panel on a disk that is full: people can sign in and make room, and the record is whole.

#include "support/api_panel.hpp"
#include "support/small_disk.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

using namespace panel;
using namespace panel::test;

namespace {

constexpr std::int64_t megabyte = 1 << 20;

// Temporary directories are made here while this lives.
class TemporaryPlace {
  public:
    explicit TemporaryPlace(const std::filesystem::path& path) {
        if (const char* before = std::getenv("TMPDIR")) before_ = before;
        ::setenv("TMPDIR", path.c_str(), 1);
    }
    ~TemporaryPlace() {
        if (before_.empty())
            ::unsetenv("TMPDIR");
        else
            ::setenv("TMPDIR", before_.c_str(), 1);
    }
    TemporaryPlace(const TemporaryPlace&) = delete;
    TemporaryPlace& operator=(const TemporaryPlace&) = delete;

  private:
    std::string before_;
};

} // namespace

TEST_CASE("on a full disk the panel still lets people in, and its record is whole") {
    if (!SmallDisk::is_possible()) {
        MESSAGE("SKIPPED: a file system of the test's own needs root");
        return;
    }
    const SmallDisk small(64 * megabyte);
    const TemporaryPlace place(small.path());
    ApiPanel panel;
    const auto is_sqlite =
        panel.temp.read([](soci::session& session) { return session.get_backend_name() == "sqlite3"; });
    if (!is_sqlite) {
        MESSAGE("SKIPPED: this database has its files elsewhere");
        return;
    }
    auto settings = panel.disk;
    settings.reserve_bytes = 8 * megabyte;
    server::DiskGovernor governor(panel.loop.get_executor(), *panel.temp.database, panel.temp.clock,
                                  panel.docker, panel.temp.pool, panel.events, settings);
    panel.run(governor.look()); // makes the reserve
    const auto filler = small.fill();
    const std::string words = R"({"email":"owner@example.com","password":"correct horse battery"})";
    net::Response refused; // what the database has room for in its own files still goes
    for (int i = 0; i < 2000 && refused.status == 200; ++i)
        refused = panel.call(Who::anonymous, "POST", "/auth/login", words);
    CHECK(refused.status == 503);
    CHECK(refused.headers.has("Retry-After"));
    CHECK(refused.body.contains("disk is full"));
    panel.run(governor.look());
    const auto signed_in = panel.call(Who::anonymous, "POST", "/auth/login", words);
    CHECK_MESSAGE(signed_in.status == 200, signed_in.body);
    CHECK(panel.call(Who::owner, "GET", "/projects").status == 200);
    const auto integrity = panel.temp.read([](soci::session& session) {
        std::string answer;
        session << "PRAGMA integrity_check", soci::into(answer);
        return answer;
    });
    CHECK(integrity == "ok");
    std::filesystem::remove(filler);
    panel.run(governor.look());
    CHECK(std::filesystem::exists(settings.data_directory / "reserve"));
}
