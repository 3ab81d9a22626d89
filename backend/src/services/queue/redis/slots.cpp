#include "services/queue/redis/slots.hpp"

#include <algorithm>
#include <charconv>

namespace panel::queue::redis {

namespace {

constexpr std::array<std::uint16_t, 256> make_table() {
    std::array<std::uint16_t, 256> table{};
    for (unsigned int i = 0; i < table.size(); ++i) {
        unsigned int crc = i << 8U;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? (crc << 1U) ^ 0x1021U : crc << 1U;
        table[i] = static_cast<std::uint16_t>(crc);
    }
    return table;
}
constexpr auto table = make_table();

std::string_view hashed_part(std::string_view key) {
    const auto open = key.find('{');
    if (open == key.npos) return key;
    const auto close = key.find('}', open + 1);
    if (close == key.npos || close == open + 1) return key;
    return key.substr(open + 1, close - open - 1);
}

template <class Number> bool read(std::string_view text, Number& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

std::uint16_t slot_of(std::string_view key) {
    unsigned int crc = 0;
    for (const char c : hashed_part(key))
        crc = ((crc << 8U) & 0xFFFFU) ^ table[((crc >> 8U) ^ static_cast<unsigned char>(c)) & 0xFFU];
    return static_cast<std::uint16_t>(crc % slot_count);
}

std::optional<Redirection> redirection_in(std::string_view error) {
    Redirection to;
    to.is_ask = error.starts_with("ASK ");
    if (!to.is_ask && !error.starts_with("MOVED ")) return {};
    error.remove_prefix(error.find(' ') + 1);
    const auto space = error.find(' ');
    const auto colon = error.rfind(':');
    if (space == error.npos || colon == error.npos || colon < space) return {};
    if (!read(error.substr(0, space), to.slot) || to.slot >= slot_count) return {};
    to.node.host = error.substr(space + 1, colon - space - 1);
    if (!read(error.substr(colon + 1), to.node.port)) return {};
    return to;
}

// An entry: first slot, last slot, the master [address, port, id, ...], its replicas.
bool SlotMap::take(const Reply& reply) {
    if (reply.kind != Reply::Kind::list || reply.items.empty()) return false;
    SlotMap fresh;
    for (const auto& range : reply.items) {
        if (range.items.size() < 3 || range.items[2].items.size() < 2) return false;
        const auto& master = range.items[2].items;
        const auto last = range.items[1].integer;
        if (range.items[0].integer < 0 || last >= static_cast<std::int64_t>(slot_count)) return false;
        for (auto slot = range.items[0].integer; slot <= last; ++slot)
            fresh.set(static_cast<std::uint16_t>(slot),
                      {master[0].text, static_cast<std::uint16_t>(master[1].integer)});
    }
    *this = std::move(fresh);
    return true;
}

void SlotMap::set(std::uint16_t slot, NodeName node) {
    const auto found = std::ranges::find(nodes_, node);
    const auto index = found - nodes_.begin();
    if (found == nodes_.end()) nodes_.push_back(std::move(node));
    owner_[slot] = static_cast<std::uint16_t>(index + 1);
}

const NodeName* SlotMap::find(std::uint16_t slot) const {
    return owner_[slot] == 0 ? nullptr : &nodes_[owner_[slot] - 1U];
}

} // namespace panel::queue::redis
