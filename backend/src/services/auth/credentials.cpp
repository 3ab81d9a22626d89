#include "services/auth/credentials.hpp"

#include "base/utf8.hpp"
#include "crypto/password_hash.hpp"
#include "models/text_rules.hpp"

#include <algorithm>
#include <array>

namespace panel::auth {
namespace {

constexpr std::size_t longest_email = 254; // RFC 5321 §4.5.3.1.3
constexpr std::size_t longest_name = 200;

// The head of published lists of leaked passwords, those of at least eight characters.
constexpr std::array<std::string_view, 40> common_passwords{
    "12345678",    "123456789",     "1234567890",  "11111111",          "00000000",  "87654321",  "password",
    "password1",   "password12",    "password123", "passw0rd",          "p@ssw0rd",  "p@ssword",  "qwertyui",
    "qwertyuiop",  "qwerty123",     "1q2w3e4r",    "1q2w3e4r5t",        "1qaz2wsx",  "asdfghjkl", "abcd1234",
    "abc12345",    "iloveyou",      "sunshine",    "princess",          "football",  "baseball",  "superman",
    "trustno1",    "welcome1",      "letmein1",    "admin123",          "admin1234", "changeme",  "changeme1",
    "changeme123", "administrator", "vpspanel",    "password123456789", "12341234",
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

} // namespace

Result<std::string> parse_email(std::string_view text) {
    text = trimmed(text);
    const auto at = text.find('@');
    const bool has_parts = at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
                           text.find('@', at + 1) == std::string_view::npos;
    const bool is_plain = std::ranges::none_of(
        text, [](char c) { return is_control(c) || c == ' ' || static_cast<unsigned char>(c) >= 0x80; });
    if (!has_parts || !is_plain || text.size() > longest_email)
        return fail_field("email", "an e-mail address looks like ada@example.com.");
    return to_lower(text);
}

Result<std::string> parse_name(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return fail_field("name", "a name is needed.");
    if (text.size() > longest_name) return fail_field("name", "a name has at most 200 bytes.");
    if (has_control(text) || !is_valid_utf8(text))
        return fail_field("name", "a name is plain text in one line.");
    return std::string(text);
}

Result<void> check_new_password(const Secret& password, std::string_view email) {
    const auto& text = password.reveal();
    if (const auto checked = crypto::PasswordHasher::check(text); !checked)
        return fail_field("password", checked.error().message);
    const auto lower = to_lower(text);
    if (lower == email) return fail_field("password", "the password must differ from the e-mail address.");
    if (std::ranges::find(common_passwords, lower) != common_passwords.end() ||
        std::ranges::all_of(text, [&text](char c) { return c == text.front(); })) {
        return fail_field("password", "this password is among the first that are guessed; choose another.");
    }
    return {};
}

} // namespace panel::auth
