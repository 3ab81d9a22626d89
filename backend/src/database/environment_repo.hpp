#pragma once
// Rows of `environments`, with values as stored (SecretBox ciphertext): this layer never sees clear text.
// Functions block.

#include "base/clock.hpp"
#include "models/environment_variable.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <string>
#include <vector>

namespace panel::database {

struct EnvironmentRow {
    std::int64_t id = 0;
    std::int64_t project_id = 0;
    std::string key;
    std::string ciphertext;
    bool is_secret = false;
    EnvironmentScope scope = EnvironmentScope::all;
    Timestamp created_at;
};

[[nodiscard]] std::vector<EnvironmentRow> list_environment(soci::session& session,
                                                           std::int64_t project_id); // by key
// The ciphertext is bound to the row's id, so a row is inserted first (value ''), then set.
std::int64_t insert_environment(soci::session& session, const EnvironmentRow& row);
void update_environment(soci::session& session,
                        const EnvironmentRow& row); // ciphertext, is_secret, scope by id
bool delete_environment(soci::session& session, std::int64_t project_id, const std::string& key);

} // namespace panel::database
