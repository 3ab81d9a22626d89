#pragma once
// The address of an empty database with the current schema, for one test: a SQLite file, or - when
// PANEL_TEST_DATABASE names a PostgreSQL server, as in the second run of `./panel test` - a database of that
// server, copied from a template and dropped afterwards. Blocking.

#include "config/database_url.hpp"

#include <filesystem>
#include <string>

namespace panel::test {

// PANEL_TEST_DATABASE; "" when tests run on SQLite.
[[nodiscard]] std::string postgres_server();

class TestDatabase {
  public:
    enum class Kind { by_environment, sqlite };

    // SQLite's file is made by who opens it, in `directory`.
    explicit TestDatabase(const std::filesystem::path& directory, Kind kind = Kind::by_environment);
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }

  private:
    std::string url_;
    std::string name_; // of PostgreSQL's database; "": SQLite
};

// The name of a new database of that server without any table. The caller drops it.
[[nodiscard]] std::string create_empty_database(const std::string& kind);
void drop_database(const std::string& name);
[[nodiscard]] std::string url_of_database(const std::string& name);

} // namespace panel::test
