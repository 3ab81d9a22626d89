#include "services/server/disk_calls.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

using namespace panel;

TEST_CASE("what was cleaned is the same on the other side of the socket") {
    server::Cleaned cleaned;
    cleaned.freed_bytes = std::int64_t{5} << 40;
    server::Removal removal;
    removal.kind = DiskKind::access_log;
    removal.name = "atlas.log";
    removal.title = "atlas-web, access log";
    removal.project_id = 3;
    removal.bytes = 12;
    removal.reason = "over its budget";
    removal.releases = {7, 8};
    cleaned.removed = {removal, server::Removal{}};
    const auto text = boost::json::serialize(server::to_object(cleaned));
    const auto back = server::cleaned_of(boost::json::parse(text).as_object());
    CHECK(back.freed_bytes == cleaned.freed_bytes);
    REQUIRE(back.removed.size() == 2);
    CHECK(back.removed[0].kind == removal.kind);
    CHECK(back.removed[0].name == removal.name);
    CHECK(back.removed[0].title == removal.title);
    CHECK(back.removed[0].project_id == removal.project_id);
    CHECK(back.removed[0].bytes == removal.bytes);
    CHECK(back.removed[0].reason == removal.reason);
    CHECK(back.removed[0].releases == removal.releases);
    CHECK_FALSE(back.removed[1].project_id);
}

TEST_CASE("a request to clean that does not say how is a dry run") {
    CHECK(server::is_dry_run({}));
    CHECK(server::is_dry_run(server::clean_disk_request(true)));
    CHECK_FALSE(server::is_dry_run(server::clean_disk_request(false)));
}
