#include "database/log_repo.hpp"

#include "base/utf8.hpp"
#include "database/query.hpp"

#include <algorithm>
#include <stdexcept>

namespace panel::database {
namespace {

// Small appends grow the last chunk up to this, so that a log is read back in few rows.
constexpr std::int64_t chunk_bytes = 16 * 1024;

constexpr const char* grow_log_sql =
    "UPDATE deployments SET log_bytes = log_bytes + :length WHERE id = :id AND log_bytes = :expected_length";
constexpr const char* grow_total_sql =
    "UPDATE projects SET log_bytes = log_bytes + :length WHERE id = (SELECT d.project_id FROM deployments d "
    "WHERE d.id = :id)";
constexpr const char* last_chunk_sql =
    "SELECT start_offset FROM log_chunks WHERE deployment_id = :id ORDER BY start_offset DESC LIMIT 1";
constexpr const char* grow_chunk_sql = "UPDATE log_chunks SET bytes = bytes || :bytes WHERE deployment_id = "
                                       ":id AND start_offset = :start_offset";
constexpr const char* insert_chunk_sql =
    "INSERT INTO log_chunks (deployment_id, start_offset, bytes) VALUES (:id, :start_offset, :bytes)";
constexpr const char* read_sql = "SELECT start_offset, bytes FROM log_chunks WHERE deployment_id = :id AND "
                                 "start_offset < :end_offset AND start_offset >= "
                                 "COALESCE((SELECT MAX(start_offset) FROM log_chunks WHERE deployment_id = "
                                 ":same_id AND start_offset <= :first_offset), 0) "
                                 "ORDER BY start_offset";
constexpr const char* length_sql = "SELECT log_bytes FROM deployments WHERE id = :id";

bool grow_last_chunk(soci::session& session, std::int64_t deployment_id, std::int64_t offset,
                     const std::string& bytes) {
    std::int64_t start = 0;
    Query last(session, last_chunk_sql);
    if (!last.use(deployment_id).into(start).only()) return false;
    if (offset - start + static_cast<std::int64_t>(bytes.size()) > chunk_bytes) return false;
    Query grow(session, grow_chunk_sql);
    return grow.use(bytes, deployment_id, start).run() > 0;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

} // namespace

void append_log(soci::session& session, std::int64_t deployment_id, std::int64_t offset,
                std::string_view bytes) {
    if (bytes.empty()) return;
    if (!is_valid_utf8(bytes)) throw std::logic_error("a build log is valid UTF-8: offsets count its bytes");
    const auto length = static_cast<std::int64_t>(bytes.size());
    Query grow(session, grow_log_sql);
    if (grow.use(length, deployment_id, offset).run() == 0)
        throw std::logic_error("a build log was appended to at another place than its end");
    Query total(session, grow_total_sql);
    total.use(length, deployment_id).run();
    const std::string text(bytes);
    if (grow_last_chunk(session, deployment_id, offset, text)) return;
    Query insert(session, insert_chunk_sql);
    insert.use(deployment_id, offset, text).run();
}

LogSlice read_log(soci::session& session, std::int64_t deployment_id, std::int64_t offset,
                  std::int64_t limit) {
    LogSlice slice;
    slice.total = log_length(session, deployment_id);
    slice.offset = std::clamp<std::int64_t>(offset, 0, slice.total);
    const auto end =
        slice.offset +
        std::clamp<std::int64_t>(limit, 4, slice.total - slice.offset + 4); // room for one character at least
    std::int64_t start = 0;
    std::string bytes;
    Query query(session, read_sql);
    query.use(deployment_id, end, deployment_id, slice.offset).into(start, bytes);
    while (query.next()) {
        const auto skip = static_cast<std::size_t>(std::max<std::int64_t>(slice.offset - start, 0));
        if (skip < bytes.size()) slice.bytes.append(bytes, skip, std::string::npos);
    }
    std::size_t inside = 0; // an offset inside a character moves to the next
    while (inside < slice.bytes.size() && is_continuation(slice.bytes[inside])) ++inside;
    slice.bytes.erase(0, inside);
    slice.offset += static_cast<std::int64_t>(inside);
    slice.bytes.resize(
        utf8_prefix(slice.bytes, static_cast<std::size_t>(std::max<std::int64_t>(end - slice.offset, 0)))
            .size());
    slice.next_offset = slice.offset + static_cast<std::int64_t>(slice.bytes.size());
    return slice;
}

std::int64_t log_length(soci::session& session, std::int64_t deployment_id) {
    std::int64_t length = 0;
    Query query(session, length_sql);
    query.use(deployment_id).into(length).only();
    return length;
}

} // namespace panel::database
