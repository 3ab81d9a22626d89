#include "services/environment/environment_service.hpp"

#include "base/crash_point.hpp"
#include "database/database.hpp"
#include "database/environment_repo.hpp"
#include "database/project_repo.hpp"

#include <boost/json.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace panel::environment {
namespace {

std::unexpected<Error> no_project() { return fail(Code::not_found, "There is no such project."); }

using Rows = std::vector<database::EnvironmentRow>;

// Rows of a project that the principal may see.
Result<Rows> load(soci::session& session, const Principal& principal, std::int64_t project_id) {
    if (!database::find_project(session, principal, project_id)) return no_project();
    return database::list_environment(session, project_id);
}

Result<Secret> open_value(const crypto::SecretBox& box, const database::EnvironmentRow& row) {
    auto value = box.open(row.ciphertext, place_of(row.id, row.project_id));
    if (!value)
        spdlog::error("environment: the value of {} of project {} cannot be decrypted", row.key,
                      row.project_id);
    return value;
}

Result<std::vector<EnvironmentVariable>> shown(const crypto::SecretBox& box, const Rows& rows) {
    std::vector<EnvironmentVariable> variables;
    for (const auto& row : rows) {
        EnvironmentVariable variable{row.id,        row.project_id, row.key,       {},
                                     row.is_secret, row.scope,      row.created_at};
        if (!row.is_secret) {
            auto value = open_value(box, row);
            if (!value) return std::unexpected(value.error());
            variable.value = std::move(*value);
        }
        variables.push_back(std::move(variable));
    }
    return variables;
}

crypto::SecretPlace snapshot_place(std::int64_t project_id, std::int64_t deployment_id) {
    return {"releases", deployment_id, "environment", project_id};
}

} // namespace

EnvironmentService::EnvironmentService(database::Database& database, const Clock& clock,
                                       const crypto::SecretBox& box)
    : database_(database), clock_(clock), box_(box) {}

asio::awaitable<Result<std::vector<EnvironmentVariable>>> EnvironmentService::list(Principal principal,
                                                                                   std::int64_t project_id) {
    auto read = [&principal, project_id](soci::session& session) {
        return load(session, principal, project_id);
    };
    const auto rows = co_await database_.read(std::move(read));
    if (!rows) co_return std::unexpected(rows.error());
    co_return shown(box_, *rows);
}

asio::awaitable<Result<std::vector<EnvironmentVariable>>>
EnvironmentService::put(Principal principal, std::int64_t project_id, std::vector<VariableInput> variables) {
    if (auto checked = check_variables(variables); !checked) co_return std::unexpected(checked.error());
    auto write = [this, &principal, project_id, &variables](soci::session& session) -> Result<Rows> {
        if (!database::find_project(session, principal, project_id)) return no_project();
        if (auto done = replace_variables(session, box_, project_id, variables, clock_.now()); !done)
            return std::unexpected(done.error());
        CRASH_POINT("environment.put.written");
        return database::list_environment(session, project_id);
    };
    const auto rows = co_await database_.write(std::move(write));
    CRASH_POINT("environment.put.committed");
    if (!rows) co_return std::unexpected(rows.error());
    co_return shown(box_, *rows);
}

asio::awaitable<Result<void>> EnvironmentService::remove(Principal principal, std::int64_t project_id,
                                                         std::string key) {
    auto write = [&principal, project_id, &key](soci::session& session) -> Result<void> {
        if (!database::find_project(session, principal, project_id)) return no_project();
        if (!database::delete_environment(session, project_id, key))
            return fail(Code::not_found, "There is no such variable.");
        return {};
    };
    co_return co_await database_.write(std::move(write));
}

asio::awaitable<Result<Variables>> EnvironmentService::build_environment(std::int64_t project_id) {
    return variables_for(project_id, EnvironmentScope::build);
}

asio::awaitable<Result<Variables>> EnvironmentService::runtime_environment(std::int64_t project_id) {
    return variables_for(project_id, EnvironmentScope::runtime);
}

asio::awaitable<Result<Variables>> EnvironmentService::variables_for(std::int64_t project_id,
                                                                     EnvironmentScope scope) {
    auto read = [project_id](soci::session& session) {
        return database::list_environment(session, project_id);
    };
    const auto rows = co_await database_.read(std::move(read));
    Variables variables;
    for (const auto& row : rows) {
        if (row.scope != scope && row.scope != EnvironmentScope::all) continue;
        auto value = open_value(box_, row);
        if (!value) co_return std::unexpected(value.error());
        variables.emplace_back(row.key, value->reveal());
    }
    co_return variables;
}

std::string EnvironmentService::seal_snapshot(std::int64_t project_id, std::int64_t deployment_id,
                                              const Variables& variables) const {
    boost::json::array pairs; // not an object: it would reorder and merge
    for (const auto& [key, value] : variables) pairs.push_back(boost::json::array{key, value});
    const Secret text(boost::json::serialize(pairs));
    return box_.seal(text.reveal(), snapshot_place(project_id, deployment_id));
}

Result<Variables> EnvironmentService::open_snapshot(std::int64_t project_id, std::int64_t deployment_id,
                                                    const std::string& sealed) const {
    const auto text = box_.open(sealed, snapshot_place(project_id, deployment_id));
    if (!text) return std::unexpected(text.error());
    Variables variables;
    const auto pairs = boost::json::parse(text->reveal());
    for (const auto& pair : pairs.as_array()) {
        variables.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
    }
    return variables;
}

} // namespace panel::environment
