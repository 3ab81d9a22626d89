#pragma once
// BlobStream over one `git cat-file --batch` (its man page, BATCH OUTPUT). Loop thread only.

#include "net/process.hpp"
#include "services/git/git_client.hpp"

#include <memory>

namespace panel::git {

// Errors of the stream: not_found (no such blob), unavailable (git ended or does not answer).
[[nodiscard]] std::unique_ptr<BlobStream> make_blob_stream(std::unique_ptr<net::InteractiveProcess> batch);

// What a batch answers for one object.
struct BatchHeader {
    std::string type;
    std::int64_t size = 0;
};
[[nodiscard]] std::optional<BatchHeader>
parse_batch_header(std::string_view line); // nullopt: missing, or no such answer

} // namespace panel::git
