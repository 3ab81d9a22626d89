#include "api/json/user_json.hpp"

namespace panel::api::wire {

User to_wire(const panel::User& user) {
    return {user.id, user.email, user.name, user.role, user.created_at, user.updated_at};
}

} // namespace panel::api::wire
