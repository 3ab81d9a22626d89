#include "config/database_url.hpp"

#include <doctest/doctest.h>

#include <string>

using panel::config::connection_string;
using panel::config::parse_database_url;

TEST_CASE("an address of a PostgreSQL database becomes libpq's keywords") {
    const auto url =
        parse_database_url("postgresql://panel:p%40ss%20'%5C@db.example.com:6432/panel?sslmode=verify-full");
    REQUIRE(url);
    CHECK_FALSE(url->is_sqlite());
    CHECK(connection_string(*url) == "user='panel' password='p@ss \\'\\\\' host='db.example.com' port='6432' "
                                     "dbname='panel' sslmode='verify-full' ");
    CHECK(connection_string(*parse_database_url("postgresql:///panel?host=/run/postgresql")) ==
          "dbname='panel' host='/run/postgresql' ");
    CHECK(connection_string(*parse_database_url("postgresql://panel@[::1]/panel")) ==
          "user='panel' host='::1' dbname='panel' ");
}

TEST_CASE("what people are shown of an address holds no password") {
    CHECK(parse_database_url("postgresql://panel:hidden@db.example.com:6432/panel")->shown ==
          "postgresql://panel@db.example.com:6432/panel");
    CHECK(parse_database_url("postgresql://panel@/panel?host=/run/postgresql&password=hidden")->shown ==
          "postgresql://panel@/panel?host=/run/postgresql");
    for (const std::string text :
         {"postgresql://panel:hidden@[/panel", "postgresql://panel:hid#den@host/panel",
          "postgresql://panel:hidden@host/panel?options=-c%20x", "mysql://panel:hidden@host/panel",
          "postgresql://panel:hidden@host/", "postgresql://panel:hidden%00@host/panel"}) {
        const auto url = parse_database_url(text);
        CAPTURE(text);
        REQUIRE_FALSE(url);
        CHECK_FALSE(url.error().message.contains("hid"));
    }
}

TEST_CASE("a SQLite database is an absolute path") {
    CHECK(parse_database_url("sqlite:///var/lib/panel.db")->path == "/var/lib/panel.db");
    CHECK_FALSE(parse_database_url("sqlite://panel.db"));
    CHECK_FALSE(parse_database_url("sqlite:///a\"b"));
}
