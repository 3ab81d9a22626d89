#pragma once
// What a person may enter as e-mail address, name and new password. Pure, any thread. Errors: invalid, for
// one field.

#include "base/result.hpp"
#include "base/secret.hpp"

#include <string>
#include <string_view>

namespace panel::auth {

// In lower case, without spaces around it. Not more than the shape of an address: nothing is sent to it.
[[nodiscard]] Result<std::string> parse_email(std::string_view text);
[[nodiscard]] Result<std::string> parse_name(std::string_view text);
// 8 to 72 bytes, not the e-mail address, not one of the passwords that are tried first.
[[nodiscard]] Result<void> check_new_password(const Secret& password, std::string_view email);

} // namespace panel::auth
