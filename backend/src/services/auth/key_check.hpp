#pragma once
// Whether the key files belong to the database: a known text, sealed at the first start, must open. Blocks;
// called once at start-up.

#include "crypto/secret_box.hpp"

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::auth {

// Throws std::runtime_error with a plain sentence when they do not; the database is untouched then.
void check_keys(database::Database& database, const crypto::SecretBox& box);

} // namespace panel::auth
