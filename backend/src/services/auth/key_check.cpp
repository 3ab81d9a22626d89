#include "services/auth/key_check.hpp"

#include "database/database.hpp"
#include "database/settings_repo.hpp"

#include <stdexcept>

namespace panel::auth {
namespace {

const std::string setting_name = "key_check";
constexpr std::string_view known_text = "vps-panel";
constexpr crypto::SecretPlace place{"settings", 0, "key_check", 0};

} // namespace

void check_keys(database::Database& database, const crypto::SecretBox& box) {
    auto read = [](soci::session& session) { return database::find_setting(session, setting_name); };
    const auto stored = database.read_blocking(read);
    if (!stored) {
        auto write = [&box](soci::session& session) {
            database::put_setting(session, setting_name, box.seal(known_text, place));
        };
        database.write_blocking(write);
        return;
    }
    const auto opened = box.open(*stored, place);
    if (!opened || opened->reveal() != known_text) {
        throw std::runtime_error("The key in keys/secrets.key does not belong to this database; put back the "
                                 "key file that was in use with it.");
    }
}

} // namespace panel::auth
