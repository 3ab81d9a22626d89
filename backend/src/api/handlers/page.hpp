#pragma once
// Turns rows of a list into a page. Services are asked for one row more than the page holds: that it came
// says that there is a next page.

#include "api/json/page_json.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace panel::api {

// Cuts the extra row off; the cursor of the next page, when there is one. `id_of(row)` is the row's id.
template <class Row, class IdOf>
[[nodiscard]] std::optional<std::string> cut_page(std::vector<Row>& rows, int limit, IdOf id_of) {
    if (rows.size() <= static_cast<std::size_t>(limit)) return std::nullopt;
    rows.erase(rows.begin() + limit, rows.end());
    return std::to_string(id_of(rows.back()));
}

} // namespace panel::api
