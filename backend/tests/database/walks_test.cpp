// Every statement of the repositories, as the database plans it: whatever lists the record or looks through
// it regularly walks an index, so that it costs the same with a million deployments as with a hundred. A tour
// calls each function of the repositories; the database then tells which statements it has prepared.
#include "database/claim_repo.hpp"
#include "database/connection.hpp"
#include "database/disk_repo.hpp"
#include "database/domain_repo.hpp"
#include "database/environment_repo.hpp"
#include "database/job_repo.hpp"
#include "database/lease_repo.hpp"
#include "database/log_repo.hpp"
#include "database/release_repo.hpp"
#include "database/repair_repo.hpp"
#include "database/settings_repo.hpp"
#include "database/webhook_repo.hpp"
#include "support/temp_database.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace panel;
using namespace panel::database;
using namespace std::chrono_literals;

namespace {

// Indexes over what is under way only: to walk one whole is to walk what is asked for.
constexpr std::array<std::string_view, 9> small_indexes{"deployments_unfinished",
                                                        "deployments_unfinished_by_project",
                                                        "deployments_watched",
                                                        "deployments_with_log",
                                                        "jobs_active",
                                                        "jobs_later",
                                                        "jobs_ready",
                                                        "releases_kept",
                                                        "users_who_administer"};

struct Exception {
    std::string_view statement; // how it begins
    std::string_view reason;
};
constexpr std::array exceptions{
    Exception{"SELECT COUNT(*) FROM users", "a handful of rows; nothing regular asks for it"},
    Exception{"SELECT COUNT(*) FROM projects",
              "the smallest index of a table that has one row for each project"},
    Exception{"SELECT status, deployments FROM deployment_counts", "seven rows"},
    Exception{"SELECT kind, count FROM repair_counts", "a row for each kind of repair"},
    Exception{"SELECT MIN(candidate) FROM", "a new project looks for a gap among the ports of all"},
    Exception{"SELECT state, COUNT(*) FROM jobs", "asked for by hand"},
    Exception{"INSERT INTO deployment_counts (status, deployments) SELECT",
              "a project goes, and they with it"},
    Exception{
        "SELECT at, total_bytes, free_bytes, reserve_bytes, panel_bytes FROM disk_readings ORDER BY at DESC "
        "LIMIT 1",
        "ends at the first step of its walk"},
};
// Reconcile compares every project with the machine, and the ledger of the disk is read as a whole.
constexpr std::array<std::string_view, 4> read_whole{"projects", "domains", "disk_items", "p"};

bool begins_with_any(std::string_view text, auto&& list, auto&& start_of) {
    return std::ranges::any_of(list, [&](const auto& each) { return text.starts_with(start_of(each)); });
}

bool is_exception(std::string_view statement) {
    return begins_with_any(statement, exceptions, [](const Exception& each) { return each.statement; });
}

// What is wrong with one line of EXPLAIN QUERY PLAN, "" when nothing is.
std::string fault_of(std::string_view step) {
    if (step.starts_with("USE TEMP B-TREE")) return "sorts";
    if (!step.starts_with("SCAN ")) return "";
    auto rest = step.substr(5);
    if (rest.starts_with("CONSTANT ROW") || rest.starts_with("(") || rest.starts_with("pragma_")) return "";
    const auto table = rest.substr(0, rest.find(' '));
    if (std::ranges::find(read_whole, table) != read_whole.end()) return "";
    const auto index = rest.find("INDEX ");
    if (index == std::string_view::npos) return "scans a table";
    const auto name = rest.substr(index + 6);
    if (std::ranges::find(small_indexes, name.substr(0, name.find(' '))) != small_indexes.end()) return "";
    return "scans an index";
}

// The same for a line of PostgreSQL's EXPLAIN, whose next lines tell the condition of an index.
std::string fault_on_postgres(const std::vector<std::string>& plan, std::size_t line) {
    static const std::regex scan(
        R"((Seq|Index|Index Only|Bitmap Index) Scan (?:Backward )?(?:using (\w+) )?on (\w+))");
    std::smatch found;
    if (!std::regex_search(plan[line], found, scan)) return "";
    const bool is_bitmap = found[1] == "Bitmap Index";
    const auto index = is_bitmap ? found[3].str() : found[2].str();
    // A bitmap says no table; fifty of fifty projects are all of them.
    const auto table = !is_bitmap ? found[3].str() : index.starts_with("projects_") ? "projects" : "";
    if (std::ranges::find(read_whole, table) != read_whole.end()) return "";
    if (found[1] == "Seq") return "scans a table";
    if (std::ranges::find(small_indexes, index) != small_indexes.end()) return "";
    const bool has_condition =
        line + 1 < plan.size() && plan[line + 1].find("Index Cond:") != std::string::npos;
    return has_condition ? "" : "scans an index";
}

// A project with everything that a statement could be about.
struct Tour {
    explicit Tour(const test::TempDatabase& temp)
        : connection(Connection::open(temp.database->url(), Purpose::maintain)), use(*connection) {}

    soci::session& session() { return connection->session(); }

    void go() {
        project_id = projects();
        history();
        deployments();
        logs_and_releases();
        small_tables();
        jobs();
        disk();
        delete_project(session(), project_id);
    }

    std::int64_t projects();
    void history();
    void line_of_jobs(const std::string& group);
    void deployments();
    void logs_and_releases();
    void small_tables();
    void jobs();
    void disk();

    std::unique_ptr<Connection> connection;
    Connection::Use use;
    Timestamp now = from_milliseconds(1'800'000'000'000);
    Principal admin = Principal::system();
    Principal owner{1, Role::user, "s"};
    std::int64_t project_id = 0;
    int deployments_before = 0;
};

// Ended long ago: their logs are short by now and their images gone, but for the newest ten.
void Tour::history() {
    auto& s = session();
    for (int i = 0; i < deployments_before; ++i) {
        std::int64_t id = 0;
        s << "INSERT INTO deployments (project_id, branch, status, triggered_by, log_bytes, created_at, "
             "user_id) "
             "VALUES (:project, 'main', 'success', 'manual', 66, 1, :user) RETURNING id",
            soci::use(project_id), soci::use(owner.user_id), soci::into(id);
        const int available = i + 10 < deployments_before ? 0 : 1;
        s << "INSERT INTO releases (deployment_id, project_id, kind, image_id, plan_json, environment, "
             "health_path, container_port, slot, image_available, created_at) VALUES (:id, :project, "
             "'container', 'sha256:0', '', '', '/', 1, 'blue', :available, 1)",
            soci::use(id), soci::use(project_id), soci::use(available);
    }
}

std::int64_t Tour::projects() {
    auto& s = session();
    User user;
    user.email = "tour@example.com";
    user.created_at = user.updated_at = now;
    owner.user_id = insert_user(s, user, "-").value();
    Project project;
    project.user_id = owner.user_id;
    project.name = "tour";
    project.git_url = "https://git.example.com/tour.git";
    project.created_at = project.updated_at = now;
    const auto id = insert_project(s, project, "-", 31'000).value();
    project.id = id;
    CHECK(update_project(s, project));
    CHECK(find_project(s, owner, id));
    CHECK(list_projects(s, owner, 0, 10).size() == 1);
    CHECK(!list_projects(s, admin, 0, 10).empty());
    CHECK(!list_all_projects(s).empty());
    CHECK(count_projects(s) > 0);
    CHECK(has_project_named(s, "tour"));
    set_project_status(s, id, ProjectStatus::active, now);
    set_pinned_deployment(s, id, std::nullopt, now);
    set_warm_deployment(s, id, std::nullopt);
    set_detected_framework(s, id, "vite");
    set_build_peak_bytes(s, id, 1);
    CHECK(build_peak_bytes(s, id));
    set_webhook_secret(s, id, "-");
    CHECK(webhook_secret_ciphertext(s, id) == "-");
    CHECK_FALSE(git_url_used_elsewhere(s, project.git_url, id));
    return id;
}

void Tour::deployments() {
    auto& s = session();
    Deployment deployment;
    deployment.project_id = project_id;
    deployment.branch = "main";
    deployment.created_at = now;
    const auto first = insert_deployment(s, deployment, "");
    CHECK(unclaimed_projects(s, now).size() == 1);
    const auto claim = claim_next(s, project_id, "w", 30s, now);
    REQUIRE(claim);
    CHECK(extend_claim(s, *claim, 30s, now));
    CHECK(holds_claim(s, *claim));
    hand_back_claims(s, "w");
    CHECK(claim_next(s, 0, "w", 30s, now));
    free_claims(s, "w");
    release_claim(s, *claim);
    CHECK(set_deployment_status(s, first, DeploymentStatus::building, now));
    set_deployment_commit(s, first, "c", "m", "a");
    set_deployment_plan(s, first, "{}");
    start_step(s, first, StepName::clone, now);
    end_step(s, first, StepName::clone, StepStatus::success, now);
    CHECK(request_cancel(s, first));
    CHECK(cancel_requested(s, first));
    CHECK(requested_commit(s, first).empty());
    CHECK(unfinished_deployments(s, 0).size() == 1);
    CHECK(unfinished_deployments(s, project_id).size() == 1);
    CHECK(set_deployment_status(s, first, DeploymentStatus::deploying, now));
    Explanation explanation;
    explanation.sentence = "It is well.";
    CHECK(finish_deployment(s, first, DeploymentStatus::success, explanation, StepStatus::success, now));
    set_live_deployment(s, project_id, {.deployment_id = first}, now);
    deployment.id = first;
    deployment.watch = Watch::watching;
    begin_watch(s, deployment);
    CHECK(watched_deployments(s).size() == 1);
    end_other_watches(s, project_id, first);
    tell_visitors(s, first, "They see it.");
    CHECK(fail_watched(s, first, explanation));
    CHECK_FALSE(end_watch(s, first, Watch::passed));
    CHECK(count_deployments(s)[DeploymentStatus::failed] > 0);
    CHECK(find_deployment(s, owner, first));
    CHECK(find_deployment_detail(s, owner, first));
    CHECK(!list_deployments(s, project_id, 0, 10).empty());
    CHECK(!list_recent_deployments(s, owner, 0, 10).empty());
    CHECK(!list_recent_deployments(s, admin, 0, 10).empty());
    CHECK(latest_deployments(s, {project_id}).size() == 1);
    CHECK(latest_deployments(s, {project_id, 1}).size() >= 1);
}

void Tour::logs_and_releases() {
    auto& s = session();
    const auto id = list_deployments(s, project_id, 0, 1).front().deployment.id;
    append_log(s, id, 0, std::string(300, 'x'));
    append_log(s, id, 300, "y");
    CHECK(read_log(s, id, 0, 1000).bytes.size() == 301);
    Release release;
    release.deployment_id = id;
    release.project_id = project_id;
    release.image_id = "sha256:1";
    release.created_at = now;
    put_release(s, release);
    CHECK(find_release(s, id));
    set_release_slot(s, id, "green");
    set_release_image_available(s, id, true);
    CHECK(!list_live_releases(s).empty());
    (void)list_warm_releases(s);
    CHECK(keeps_release_of(s, project_id, "sha256:1"));
    (void)list_kept_releases(s, project_id);
    (void)list_given_up_releases(s, project_id);
    CHECK(!list_kept_images(s).empty());
    CHECK(!list_log_totals(s).empty());
    take_project_down(s, project_id, "", now);
    CHECK(!list_stored_logs(s, now + 1s, 10).empty());
    remove_stored_log(s, id);
    forget_image(s, project_id, release.image_id);
}

void Tour::small_tables() {
    auto& s = session();
    Domain domain;
    domain.project_id = project_id;
    domain.domain = "tour.example.com";
    domain.created_at = now;
    domain.id = insert_domain(s, domain).value();
    domain.is_primary = true;
    update_domain(s, domain);
    CHECK(find_domain(s, project_id, domain.id));
    CHECK(find_domain_owner(s, domain.domain) == project_id);
    CHECK(list_domains(s, project_id).size() == 1);
    CHECK(list_domains_of(s, {project_id}).size() == 1);
    CHECK(list_domains_of(s, {project_id, 1}).size() >= 1);
    CHECK(!list_all_domains(s).empty());
    CHECK(delete_domain(s, project_id, domain.id));
    EnvironmentRow variable{0, project_id, "KEY", "-", false, EnvironmentScope::all, now};
    variable.id = insert_environment(s, variable);
    update_environment(s, variable);
    CHECK(list_environment(s, project_id).size() == 1);
    CHECK(delete_environment(s, project_id, "KEY"));
    CHECK(take_lease(s, "tour", "a", 10s, now));
    release_lease(s, "tour", "a");
    add_repairs(s, {{"tour", 1}});
    CHECK(list_repairs(s).contains("tour"));
    put_setting(s, "tour", "1");
    CHECK(find_setting(s, "tour"));
    CHECK(insert_webhook_delivery(s, {project_id, "github", "1", std::nullopt, "queued", now}));
    CHECK(has_webhook_delivery(s, project_id, "github", "1"));
    forget_webhook_deliveries(s, now - std::chrono::days{1});
    CHECK(count_users(s) > 0);
    CHECK(has_admin(s));
    CHECK(find_user(s, owner.user_id));
    CHECK(find_user_by_email(s, "tour@example.com"));
    set_password_hash(s, owner.user_id, "-");
    insert_session(s, {"tour", owner.user_id, now, now + 1h, std::nullopt}, "-");
    CHECK(find_session(s, "tour"));
    insert_refresh_token(s, {"tour", "tour", now + 1h, std::nullopt, now});
    CHECK(find_refresh_token(s, "tour"));
    CHECK(use_refresh_token(s, "tour", now));
    revoke_session(s, "tour", now);
    delete_expired_sessions(s, now);
}

void Tour::jobs() {
    auto& s = session();
    JobRow job;
    job.queue = "tour";
    job.type = "t";
    job.group = "g";
    job.retention_ms = 1000;
    const auto push = [&](const std::string& id) {
        job.task_id = id;
        job.unique_key = id;
        job.unique_until = now + 1s;
        CHECK(insert_job(s, job, now) == Inserted::kept);
    };
    const auto take = [&] {
        auto taken = take_jobs(s, "tour", "w", 1s, 10, now);
        REQUIRE(taken.size() == 1);
        return taken.front();
    };
    push("a");
    push("b");
    CHECK(insert_job(s, job, now) == Inserted::id_taken);
    CHECK(has_due_work(s, "tour", now));
    auto taken = take();
    CHECK(extend_job(s, taken, 1s, now));
    CHECK(request_job_cancel(s, taken.task_id));
    CHECK(cancelled_jobs(s, "w").size() == 1);
    CHECK(lapsed_jobs(s, now + 2s, 10).size() == 1);
    CHECK(hand_back_job(s, taken));
    taken = take();
    CHECK(complete_job(s, taken, now)); // kept for its retention
    taken = take();
    CHECK(retry_job(s, taken, "no", now, now));
    CHECK(promote_jobs(s, now, 10) == 1);
    taken = take();
    CHECK(archive_job(s, taken, "no", now));
    job.retention_ms = 0;
    push("c");
    CHECK(complete_job(s, take(), now));
    free_jobs(s, "w", now);
    drop_ended_jobs(s, now + 1h, now + 1h);
    set_queue_paused(s, "tour", true);
    CHECK(job_stats(s, "tour").processed == 4);
}

void Tour::line_of_jobs(const std::string& group) {
    for (int i = 0; i < 50; ++i) {
        JobRow job;
        job.queue = "line";
        job.group = group;
        job.task_id = fmt::format("{} {}", group, i);
        insert_job(session(), job, now);
    }
}

void Tour::disk() {
    auto& s = session();
    const DiskItem item{DiskKind::image, "sha256:1", project_id, 1, now, now};
    replace_disk_items(s, {DiskKind::image}, {item});
    CHECK(list_disk_items(s).size() == 1);
    remove_disk_item(s, DiskKind::image, item.name);
    put_disk_reading(s, {.at = now});
    CHECK(latest_disk_reading(s));
    CHECK(disk_readings_since(s, now).size() == 1);
    remove_disk_readings_before(s, now + 1s);
    CHECK(database_bytes(s) > 0);
}

// The text constants of the repositories; the size of the database is asked for in two ways.
std::size_t statements_in_sources() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(PANEL_TESTS_DIR "/../src/database")) {
        if (!entry.path().string().ends_with("_repo.cpp")) continue;
        std::ifstream file(entry.path());
        const std::string text((std::istreambuf_iterator<char>(file)), {});
        const std::regex constant(R"(constexpr const char\* (\w+_sql)\b)");
        for (std::sregex_iterator each(text.begin(), text.end(), constant), end; each != end; ++each)
            names.insert(entry.path().filename().string() + ": " + (*each)[1].str());
    }
    return names.size() - 1;
}

std::vector<std::string> prepared_on_sqlite(soci::session& session) {
    auto* connection = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
    std::vector<std::string> statements;
    sqlite_api::sqlite3_stmt* each = nullptr;
    while ((each = sqlite_api::sqlite3_next_stmt(connection, each)) != nullptr)
        statements.emplace_back(sqlite_api::sqlite3_sql(each));
    return statements;
}

std::vector<std::string> plan_on_sqlite(soci::session& session, const std::string& statement) {
    auto* connection = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
    sqlite_api::sqlite3_stmt* plan = nullptr;
    const auto text = "EXPLAIN QUERY PLAN " + statement;
    REQUIRE(sqlite_api::sqlite3_prepare_v2(connection, text.c_str(), -1, &plan, nullptr) == SQLITE_OK);
    std::vector<std::string> steps;
    while (sqlite_api::sqlite3_step(plan) == SQLITE_ROW)
        steps.emplace_back(reinterpret_cast<const char*>(sqlite_api::sqlite3_column_text(plan, 3)));
    sqlite_api::sqlite3_finalize(plan);
    return steps;
}

std::string joined(const std::vector<std::string>& lines) {
    return fmt::format("{}", fmt::join(lines, "\n    "));
}

// How many instructions each statement took on a tour whose project has so many deployments behind it.
std::map<std::string, int> work_on_sqlite(int deployments_before) {
    test::TempDatabase temp(test::TestDatabase::Kind::sqlite);
    temp.add_project(temp.add_user("a@example.com"), "first");
    Tour tour(temp);
    tour.deployments_before = deployments_before;
    tour.go();
    auto* connection = static_cast<soci::sqlite3_session_backend*>(tour.session().get_backend())->conn_;
    std::map<std::string, int> work;
    sqlite_api::sqlite3_stmt* each = nullptr;
    while ((each = sqlite_api::sqlite3_next_stmt(connection, each)) != nullptr)
        work[sqlite_api::sqlite3_sql(each)] =
            sqlite_api::sqlite3_stmt_status(each, SQLITE_STMTSTATUS_VM_STEP, 0);
    return work;
}

// Every statement with its plan for parameters not known yet. Reading a whole table is the last resort, also
// where it would be cheaper because there is little in it: alone or to join it.
std::map<std::string, std::vector<std::string>> plans_on_postgres(soci::session& session) {
    session << "SET plan_cache_mode = force_generic_plan";
    for (const auto* way : {"seqscan", "hashjoin", "mergejoin"})
        session << fmt::format("SET enable_{} = off", way);
    struct Prepared {
        std::string name;
        std::string text;
        int parameters = 0;
    };
    Prepared each;
    std::vector<Prepared> prepared;
    {
        soci::statement list = (session.prepare << "SELECT name, statement, COALESCE(array_length("
                                                   "parameter_types, 1), 0) FROM pg_prepared_statements",
                                soci::into(each.name), soci::into(each.text), soci::into(each.parameters));
        list.execute();
        while (list.fetch()) prepared.push_back(each);
    }
    std::map<std::string, std::vector<std::string>> plans;
    for (const auto& [name, text, parameters] : prepared) {
        if (text.find("pg_prepared_statements") != std::string::npos) continue;
        std::string values = parameters > 0 ? "NULL" : "";
        for (int i = 1; i < parameters; ++i) values += ", NULL";
        if (parameters > 0) values = "(" + values + ")";
        std::string line;
        soci::statement explain =
            (session.prepare << fmt::format("EXPLAIN (COSTS OFF) EXECUTE \"{}\"{}", name, values),
             soci::into(line));
        explain.execute();
        while (explain.fetch()) plans[text].push_back(line);
    }
    return plans;
}

// Every deployment of the project goes with it.
constexpr std::array<std::string_view, 2> work_of_removal{
    "INSERT INTO deployment_counts (status, deployments) SELECT", "DELETE FROM projects"};

} // namespace

TEST_CASE("no statement of the repositories scans a table or sorts it (SQLite)") {
    test::TempDatabase temp(test::TestDatabase::Kind::sqlite);
    temp.add_project(temp.add_user("a@example.com"), "first");
    Tour tour(temp);
    tour.go();
    const auto statements = prepared_on_sqlite(tour.session());
    CHECK(statements.size() == statements_in_sources()); // each is on the tour
    for (const auto& statement : statements) {
        if (is_exception(statement)) continue;
        const auto steps = plan_on_sqlite(tour.session(), statement);
        for (const auto& step : steps)
            CHECK_MESSAGE(fault_of(step).empty(), fault_of(step), ":\n  ", statement, "\n    ",
                          joined(steps));
    }
}

TEST_CASE("no statement takes longer for a project with a long history (SQLite)") {
    const auto with_few = work_on_sqlite(20);
    for (const auto& [statement, work] : work_on_sqlite(2000)) {
        const auto start_of = [](std::string_view each) { return each; };
        if (begins_with_any(statement, work_of_removal, start_of)) continue;
        CAPTURE(statement);
        CHECK(work <= with_few.at(statement) * 3 / 2);
    }
}

TEST_CASE("no statement of the repositories scans a table (PostgreSQL)" *
          doctest::skip(test::postgres_server().empty())) {
    test::TempDatabase temp;
    const auto user_id = temp.add_user("a@example.com");
    temp.add_project(user_id, "first");
    Tour tour(temp);
    tour.go();
    tour.deployments_before = 100;
    for (int i = 0; i < 50; ++i) {
        tour.project_id = temp.add_project(user_id, fmt::format("other-{}", i));
        tour.history();
        tour.line_of_jobs(fmt::format("{}", i));
    }
    tour.session() << "ANALYZE";
    const auto plans = plans_on_postgres(tour.session());
    CHECK(plans.size() == statements_in_sources());
    for (const auto& [statement, plan] : plans) {
        if (is_exception(statement)) continue;
        for (std::size_t i = 0; i < plan.size(); ++i) {
            const auto fault = fault_on_postgres(plan, i);
            CHECK_MESSAGE(fault.empty(), fault, ":\n  ", statement, "\n    ", joined(plan));
        }
    }
}
