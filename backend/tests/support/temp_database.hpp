#pragma once
// A real database with the current schema - SQLite in a temporary directory, or PostgreSQL
// (test_database.hpp) - and the few rows that most tests start from. Blocking: call it from the test's own
// thread.

#include "base/clock.hpp"
#include "database/database.hpp"
#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "database/user_repo.hpp"
#include "support/temp_directory.hpp"
#include "support/test_database.hpp"

#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <string>
#include <utility>

namespace panel::test {

class TempDatabase {
  public:
    explicit TempDatabase(TestDatabase::Kind kind = TestDatabase::Kind::by_environment)
        : address(directory.path(), kind) {
        reopen();
    }
    ~TempDatabase() {
        pool.stop();
        pool.join();
    }

    void reopen() {
        database.reset();
        database = database::Database::open(url(), pool, 2);
    }
    [[nodiscard]] const std::string& url() const { return address.url(); }
    [[nodiscard]] bool is_sqlite() const { return database->url().is_sqlite(); }
    [[nodiscard]] std::filesystem::path file() const { return database->url().path; } // SQLite's

    template <class F> auto read(F function) { return database->read_blocking(function); }
    template <class F> auto write(F function) { return database->write_blocking(function); }

    std::int64_t add_user(const std::string& email, Role role = Role::admin,
                          const std::string& password_hash = "-") {
        User user;
        user.email = email;
        user.name = "Ada";
        user.role = role;
        user.created_at = user.updated_at = clock.now();
        return write([&](soci::session& session) {
                   return database::insert_user(session, user, password_hash);
               })
            .value();
    }
    std::int64_t add_project(std::int64_t user_id, const std::string& name,
                             const std::string& webhook_secret = "-") {
        Project project;
        project.user_id = user_id;
        project.name = name;
        project.git_url = "https://git.example.com/acme/" + name + ".git";
        project.created_at = project.updated_at = clock.now();
        return write([&](soci::session& session) {
                   return database::insert_project(session, project, webhook_secret, 21'000);
               })
            .value();
    }
    std::int64_t add_deployment(std::int64_t project_id) {
        Deployment deployment;
        deployment.project_id = project_id;
        deployment.branch = "main";
        deployment.created_at = clock.now();
        return write(
            [&](soci::session& session) { return database::insert_deployment(session, deployment, ""); });
    }

    TempDirectory directory;
    TestDatabase address;
    boost::asio::thread_pool pool{2};
    ManualClock clock;
    std::unique_ptr<database::Database> database;
};

} // namespace panel::test
