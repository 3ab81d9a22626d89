#include "api/json/page_json.hpp"

#include "api/query.hpp"

namespace panel::api::wire {

Result<PageRequest> parse_page_request(std::string_view query) {
    const auto limit = query_number(query, "limit", 50, 1, 100);
    if (!limit) return std::unexpected(limit.error());
    // Cursor 0 would mean "from the top": an id is never 0, so no cursor says so.
    const auto before = query_number(query, "cursor", 0, 1, INT64_MAX);
    if (!before) return std::unexpected(before.error());
    return PageRequest{static_cast<int>(*limit), *before};
}

} // namespace panel::api::wire
