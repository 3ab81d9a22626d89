#pragma once
// Rows of `settings`: single named values of this installation. Functions block; call them inside
// Database::read or ::write.

#include <soci/soci.h>

#include <optional>
#include <string>

namespace panel::database {

[[nodiscard]] std::optional<std::string> find_setting(soci::session& session, const std::string& name);
void put_setting(soci::session& session, const std::string& name, const std::string& value);

} // namespace panel::database
