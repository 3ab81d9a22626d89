#include "services/environment/environment_set.hpp"

#include "database/environment_repo.hpp"
#include "models/env_key.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace panel::environment {
namespace {

std::unexpected<Error> as_error(std::vector<FieldError> fields) {
    auto message = fields.front().field + ": " + fields.front().message;
    return std::unexpected(Error{Code::invalid, std::move(message), std::move(fields)});
}

using StoredRows = std::map<std::string, database::EnvironmentRow, std::less<>>;

StoredRows stored_rows(soci::session& session, std::int64_t project_id) {
    StoredRows rows;
    for (auto& row : database::list_environment(session, project_id)) rows.emplace(row.key, std::move(row));
    return rows;
}

// Only what was stored as a secret can be kept unseen: anything else is sent with its value.
Result<void> check_kept(const StoredRows& stored, const std::vector<VariableInput>& variables) {
    std::vector<FieldError> fields;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        if (variables[i].value) continue;
        if (!stored.contains(variables[i].key)) {
            fields.push_back({fmt::format("environment.{}.value", i),
                              fmt::format("{} has no value yet; give one.", variables[i].key)});
        }
    }
    if (!fields.empty()) return as_error(std::move(fields));
    return {};
}

} // namespace

crypto::SecretPlace place_of(std::int64_t row_id, std::int64_t project_id) {
    return {"environments", row_id, "value", project_id};
}

Result<void> check_variables(const std::vector<VariableInput>& variables) {
    if (variables.size() > most_variables)
        return fail_field("environment", fmt::format("a project has at most {} variables.", most_variables));
    std::vector<FieldError> fields;
    std::set<std::string_view> keys;
    for (std::size_t i = 0; i < variables.size(); ++i) {
        const auto& variable = variables[i];
        const auto refuse = [&](const char* part, std::string message) {
            fields.push_back({fmt::format("environment.{}.{}", i, part), std::move(message)});
        };
        if (const auto key = EnvKey::parse(variable.key); !key) refuse("key", key.error().message);
        if (!keys.insert(variable.key).second) refuse("key", "this name is there twice.");
        if (!variable.value && !variable.is_secret) refuse("value", "a value is needed.");
        if (variable.value && variable.value->reveal().size() > longest_value_bytes)
            refuse("value", "a value has at most 64 KiB.");
        if (variable.value && variable.value->reveal().contains('\0'))
            refuse("value", "a value cannot hold a NUL character.");
    }
    if (!fields.empty()) return as_error(std::move(fields));
    return {};
}

Result<void> replace_variables(soci::session& session, const crypto::SecretBox& box, std::int64_t project_id,
                               const std::vector<VariableInput>& variables, Timestamp now) {
    auto stored = stored_rows(session, project_id);
    if (auto checked = check_kept(stored, variables); !checked) return checked;
    for (const auto& variable : variables) {
        database::EnvironmentRow row{0,  project_id, variable.key, "", variable.is_secret, variable.scope,
                                     now};
        if (auto found = stored.extract(variable.key); !found.empty()) {
            row.id = found.mapped().id;
            row.ciphertext = std::move(found.mapped().ciphertext);
        } else {
            row.id = database::insert_environment(session, row);
        }
        if (variable.value) row.ciphertext = box.seal(variable.value->reveal(), place_of(row.id, project_id));
        database::update_environment(session, row);
    }
    for (const auto& [key, row] : stored)
        database::delete_environment(session, project_id, key); // what the new set leaves out
    return {};
}

} // namespace panel::environment
