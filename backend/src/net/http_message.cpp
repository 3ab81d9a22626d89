#include "net/http_message.hpp"

#include <algorithm>

namespace panel::net {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

} // namespace

bool same_name(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

void Headers::set(std::string name, std::string value) {
    std::erase_if(list_, [&](const Header& header) { return same_name(header.name, name); });
    add(std::move(name), std::move(value));
}

void Headers::add(std::string name, std::string value) {
    list_.push_back({std::move(name), std::move(value)});
}

std::string_view Headers::get(std::string_view name) const {
    const auto found =
        std::ranges::find_if(list_, [&](const Header& header) { return same_name(header.name, name); });
    return found == list_.end() ? std::string_view{} : std::string_view{found->value};
}

bool Headers::has(std::string_view name) const {
    return std::ranges::any_of(list_, [&](const Header& header) { return same_name(header.name, name); });
}

} // namespace panel::net
