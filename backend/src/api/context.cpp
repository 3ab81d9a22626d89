#include "api/context.hpp"

#include "api/query.hpp"

namespace panel::api {

void PathParameters::add(std::string_view name, std::string_view value) {
    if (name.ends_with("_id") && !parse_id(value)) ids_are_well_formed_ = false;
    parts_.at(size_++) = {name, value};
}

std::string_view PathParameters::text(std::string_view name) const {
    for (std::size_t i = 0; i < size_; ++i)
        if (parts_[i].name == name) return parts_[i].value;
    return {};
}

std::int64_t PathParameters::id(std::string_view name) const { return parse_id(text(name)).value_or(0); }

} // namespace panel::api
