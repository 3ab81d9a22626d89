#include "services/webhook/push.hpp"

#include "crypto/digest.hpp"
#include "models/git_ref.hpp"
#include "models/text_rules.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace panel::webhook {
namespace {

namespace json = boost::json;

constexpr std::string_view branch_prefix = "refs/heads/";
constexpr std::size_t longest_id = 200;

std::unexpected<Error> malformed() {
    return fail(Code::bad_request, "The delivery is not a push as this provider sends it.");
}

const json::value* at(const json::value* value, std::string_view key) {
    const auto* object = value != nullptr ? value->if_object() : nullptr;
    return object != nullptr ? object->if_contains(key) : nullptr;
}
const json::array* array_at(const json::value* value, std::string_view key) {
    const auto* found = at(value, key);
    return found != nullptr ? found->if_array() : nullptr;
}
std::string text_at(const json::value* value, std::string_view key) {
    const auto* found = at(value, key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}
bool is_true(const json::value* value, std::string_view key) {
    const auto* found = at(value, key);
    return found != nullptr && found->is_bool() && found->get_bool();
}

// The hash after the push; "" for the zeros that stand for none.
std::string hash_of(std::string hash) {
    const bool is_nothing = std::ranges::all_of(hash, [](char c) { return c == '0'; });
    return is_nothing || !is_commit_hash(hash) ? std::string() : hash;
}

std::string newest_message(const json::value& body) {
    auto message = text_at(at(&body, "head_commit"), "message");
    if (!message.empty()) return message;
    const auto* commits = array_at(&body, "commits");
    return commits != nullptr && !commits->empty() ? text_at(&commits->back(), "message") : std::string();
}

// GitHub, Gitea and GitLab: {"ref": "refs/heads/main", "after": "<hash>", ...}
Result<Event> read_ref(const json::value& body) {
    const auto ref = text_at(&body, "ref");
    if (ref.empty()) return malformed();
    Event event;
    if (!ref.starts_with(branch_prefix)) {
        event.ignored = "A tag was pushed, not a branch.";
        return event;
    }
    Push push;
    push.branch = ref.substr(branch_prefix.size());
    push.commit_hash = is_true(&body, "deleted") ? std::string() : hash_of(text_at(&body, "after"));
    push.message = newest_message(body);
    push.asks_to_skip = asks_to_skip(push.message) ||
                        is_true(at(at(&body, "push_options"), "ci"), "skip"); // git push -o ci.skip
    event.pushes.push_back(std::move(push));
    return event;
}

// Bitbucket: {"push": {"changes": [{"new": {"type": "branch", "name": "main", "target": {"hash", "message"}},
// "old": ...}]}}
Result<Event> read_changes(const json::value& body) {
    const auto* changes = array_at(at(&body, "push"), "changes");
    if (changes == nullptr) return malformed();
    Event event;
    for (const auto& change : *changes) {
        const auto* after = at(&change, "new");
        const bool is_deleted = after == nullptr || after->is_null();
        const auto* target = is_deleted ? at(&change, "old") : after;
        if (text_at(target, "type") != "branch") continue;
        Push push;
        push.branch = text_at(target, "name");
        if (!is_deleted) push.commit_hash = hash_of(text_at(at(after, "target"), "hash"));
        push.message = text_at(at(after, "target"), "message");
        push.asks_to_skip = asks_to_skip(push.message);
        event.pushes.push_back(std::move(push));
    }
    if (event.pushes.empty()) event.ignored = "No branch was pushed.";
    return event;
}

// The provider's word for what happened, as one of push, ping or something else.
enum class Kind { push, ping, other };

Kind kind_of(Provider provider, const Delivery& delivery) {
    switch (provider) {
    case Provider::github:
    case Provider::gitea: {
        const auto event = delivery.header(provider == Provider::github ? "x-github-event" : "x-gitea-event");
        return event == "push" ? Kind::push : event == "ping" ? Kind::ping : Kind::other;
    }
    case Provider::gitlab: return delivery.header("x-gitlab-event") == "Push Hook" ? Kind::push : Kind::other;
    case Provider::bitbucket: {
        const auto event = delivery.header("x-event-key");
        return event == "repo:push" ? Kind::push : event == "diagnostics:ping" ? Kind::ping : Kind::other;
    }
    }
    return Kind::other;
}

bool is_json(const Delivery& delivery) {
    const auto type = to_lower(delivery.header("content-type"));
    return type == "application/json" || type.starts_with("application/json;");
}

} // namespace

Result<Event> read_event(Provider provider, const Delivery& delivery) {
    if (!is_json(delivery))
        return fail(Code::unsupported_media_type, "Set the webhook's content type to application/json.");
    boost::system::error_code error;
    const auto body = json::parse(delivery.body, error);
    if (error || !body.is_object()) return malformed();
    Event event;
    switch (kind_of(provider, delivery)) {
    case Kind::ping: event.ignored = "This is a test delivery: the webhook works."; return event;
    case Kind::other: event.ignored = "Only pushes are deployed."; return event;
    case Kind::push: break;
    }
    return provider == Provider::bitbucket ? read_changes(body) : read_ref(body);
}

bool asks_to_skip(std::string_view message) {
    const auto lower = to_lower(message);
    constexpr std::array<std::string_view, 4> marks{"[skip ci]", "[ci skip]", "[no ci]", "[skip deploy]"};
    return std::ranges::any_of(marks, [&lower](std::string_view mark) { return lower.contains(mark); });
}

std::string delivery_id(Provider provider, const Delivery& delivery) {
    std::string_view id;
    switch (provider) {
    case Provider::github: id = delivery.header("x-github-delivery"); break;
    case Provider::gitea: id = delivery.header("x-gitea-delivery"); break;
    case Provider::bitbucket: id = delivery.header("x-request-uuid"); break;
    case Provider::gitlab: // X-Gitlab-Webhook-UUID names the webhook, not the delivery
        for (const auto name : {"webhook-id", "idempotency-key", "x-gitlab-event-uuid"}) {
            if (id.empty()) id = delivery.header(name);
        }
        break;
    }
    const bool is_plain = !id.empty() && id.size() <= longest_id &&
                          std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f; });
    return is_plain ? std::string(id) : "body:" + crypto::sha256_hex(delivery.body);
}

} // namespace panel::webhook
