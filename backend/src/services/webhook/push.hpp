#pragma once
// What a delivery says: the push to a branch, or why it is none. Read only after the signature was checked.
// Pure, any thread.

#include "base/result.hpp"
#include "services/webhook/provider.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace panel::webhook {

struct Push {
    std::string branch;
    std::string commit_hash; // "" when the branch was deleted
    std::string message;     // of the newest commit
    bool asks_to_skip = false;
};

struct Event {
    std::vector<Push> pushes; // Bitbucket tells several at once
    std::string ignored;      // why there is nothing to look at, when there is no push
};

// Errors: bad_request (no JSON object of this provider's shape), unsupported_media_type.
[[nodiscard]] Result<Event> read_event(Provider provider, const Delivery& delivery);

// "[skip ci]", "[ci skip]", "[no ci]" or "[skip deploy]" anywhere in a commit message.
[[nodiscard]] bool asks_to_skip(std::string_view message);
// Names one delivery and all its repetitions: the provider's id, or the body's digest when there is none.
[[nodiscard]] std::string delivery_id(Provider provider, const Delivery& delivery);

} // namespace panel::webhook
