#pragma once
// A list answer: the items and where the next page begins. Cursors are opaque to clients; inside, a cursor is
// the id that the next page stays below.

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::api::wire {

template <class T> struct Page {
    using Item = T;
    std::vector<T> items;
    std::optional<std::string> next_cursor;
};

struct PageRequest {
    int limit = 50;          // 1 to 100
    std::int64_t before = 0; // ids below this; 0: from the newest
};

// Of the query's `limit` and `cursor`. Errors: invalid.
[[nodiscard]] Result<PageRequest> parse_page_request(std::string_view query);

} // namespace panel::api::wire
