#pragma once
// Build logs as byte streams in chunks (`log_chunks`), and their lengths (`deployments.log_bytes`). Bytes are
// valid UTF-8 and chunks end on character boundaries. Functions block; call them inside Database::read or
// ::write.

#include <soci/soci.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace panel::database {

struct LogSlice {
    std::string bytes;
    std::int64_t offset = 0;      // of the first byte
    std::int64_t next_offset = 0; // after the last
    std::int64_t total = 0;       // bytes stored
};

// Appends at exactly `offset`, which must be the stored length.
void append_log(soci::session& session, std::int64_t deployment_id, std::int64_t offset,
                std::string_view bytes);
// Bytes from `offset`, at most `limit`, cut at a character boundary. Offsets past the end give nothing.
[[nodiscard]] LogSlice read_log(soci::session& session, std::int64_t deployment_id, std::int64_t offset,
                                std::int64_t limit);
[[nodiscard]] std::int64_t log_length(soci::session& session, std::int64_t deployment_id);

} // namespace panel::database
