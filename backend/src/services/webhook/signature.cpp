#include "services/webhook/signature.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

namespace panel::webhook {
namespace {

constexpr std::chrono::minutes tolerance{5};
constexpr std::string_view hash_prefix = "sha256=";
constexpr std::string_view scheme_prefix = "v1,";

std::string_view signature_header(Provider provider) {
    switch (provider) {
    case Provider::github: return "x-hub-signature-256";
    case Provider::gitea: return "x-gitea-signature";
    case Provider::bitbucket: return "x-hub-signature";
    case Provider::gitlab: return "x-gitlab-token";
    }
    return {};
}

bool is_hex_signature(std::string_view signature, std::string_view secret, std::string_view body) {
    return crypto::equal_in_constant_time(signature, crypto::hex_encode(crypto::hmac_sha256(secret, body)));
}

bool is_timely(std::string_view text, Timestamp now) {
    std::int64_t seconds = 0;
    const auto* end = text.end();
    const auto parsed = std::from_chars(text.begin(), end, seconds);
    if (parsed.ec != std::errc{} || parsed.ptr != end || seconds < 0 || seconds > 253'402'300'799)
        return false;
    const auto age = now - Timestamp{std::chrono::seconds{seconds}};
    return age <= tolerance && age >= -tolerance;
}

// https://github.com/standard-webhooks/standard-webhooks: the key is the secret decoded from base64; some
// senders take it as it is.
bool is_standard_signature(const Delivery& delivery, std::string_view secret, Timestamp now) {
    const auto id = delivery.header("webhook-id");
    const auto time = delivery.header("webhook-timestamp");
    if (id.empty() || !is_timely(time, now)) return false;
    const auto message = fmt::format("{}.{}.{}", id, time, delivery.body);
    const auto own = crypto::base64_encode(crypto::hmac_sha256(secret, message));
    const auto decoded = crypto::base64_decode(secret);
    const auto other = decoded ? crypto::base64_encode(crypto::hmac_sha256(*decoded, message)) : own;
    bool found = false;
    auto rest = delivery.header("webhook-signature");
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        auto each = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!each.starts_with(scheme_prefix)) continue;
        each.remove_prefix(scheme_prefix.size());
        const bool is_own = crypto::equal_in_constant_time(each, own);
        const bool is_other = crypto::equal_in_constant_time(each, other);
        found = found || is_own || is_other;
    }
    return found;
}

} // namespace

bool has_signature(Provider provider, const Delivery& delivery) {
    return !delivery.header(signature_header(provider)).empty() ||
           (provider == Provider::gitlab && !delivery.header("webhook-signature").empty());
}

bool is_signed(Provider provider, const Delivery& delivery, std::string_view secret, Timestamp now) {
    if (secret.empty() || !has_signature(provider, delivery)) return false;
    auto signature = delivery.header(signature_header(provider));
    switch (provider) {
    case Provider::gitea: return is_hex_signature(signature, secret, delivery.body);
    case Provider::github:
    case Provider::bitbucket:
        if (!signature.starts_with(hash_prefix)) return false;
        return is_hex_signature(signature.substr(hash_prefix.size()), secret, delivery.body);
    case Provider::gitlab:
        if (!delivery.header("webhook-signature").empty())
            return is_standard_signature(delivery, secret, now);
        return crypto::equal_in_constant_time(signature, secret);
    }
    return false;
}

} // namespace panel::webhook
