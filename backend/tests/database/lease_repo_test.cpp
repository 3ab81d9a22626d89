#include "database/lease_repo.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace std::chrono_literals;

TEST_CASE("a lease has one owner until it runs out or is given back") {
    test::TempDatabase temp;
    const auto take = [&](const std::string& owner) {
        return temp.write([&](soci::session& session) {
            return database::take_lease(session, "reconcile", owner, 60s, temp.clock.now());
        });
    };
    CHECK(take("a"));
    CHECK(take("a")); // goes on
    CHECK_FALSE(take("b"));
    temp.clock.advance(60s);
    CHECK(take("b"));
    CHECK_FALSE(take("a"));
    const auto release = [&](const std::string& owner) {
        temp.write([&](soci::session& session) { database::release_lease(session, "reconcile", owner); });
    };
    release("a"); // not its own
    CHECK_FALSE(take("a"));
    release("b");
    CHECK(take("a"));
}
