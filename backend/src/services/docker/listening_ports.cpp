#include "services/docker/listening_ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>

namespace panel::docker {

namespace {

constexpr std::string_view listening = "0A"; // TCP_LISTEN
constexpr std::string_view engine_resolver =
    "0B00007F"; // 127.0.0.11, the engine's own name server in every container

std::string_view next_field(std::string_view& line) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string_view::npos) return {};
    line.remove_prefix(start);
    const auto field = line.substr(0, line.find(' '));
    line.remove_prefix(field.size());
    return field;
}

// Addresses are printed as words in the byte order of the machine, little-endian on all that we run on.
bool is_loopback(std::string_view address) {
    constexpr std::string_view one = "00000000000000000000000001000000"; // ::1
    constexpr std::string_view mapped = "0000000000000000FFFF0000";      // ::ffff:0:0/96
    if (address.size() == 32 && !address.starts_with(mapped)) return address == one;
    return address.ends_with("7F"); // 127.0.0.0/8
}

void read_table(std::string_view table, std::set<int>& reachable, std::set<int>& loopback) {
    while (!table.empty()) {
        auto line = table.substr(0, table.find('\n'));
        table.remove_prefix(std::min(line.size() + 1, table.size()));
        next_field(line); // number
        const auto local = next_field(line);
        next_field(line); // remote
        const auto colon = local.find(':');
        if (next_field(line) != listening || colon == std::string_view::npos) continue;
        const auto address = local.substr(0, colon);
        const auto digits = local.substr(colon + 1);
        int port = 0;
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
        if (failure != std::errc{} || address == engine_resolver) continue;
        (is_loopback(address) ? loopback : reachable).insert(port);
    }
}

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return std::nullopt;
    return text;
}

} // namespace

ListeningPorts parse_socket_tables(std::string_view tcp, std::string_view tcp6) {
    std::set<int> reachable;
    std::set<int> loopback;
    read_table(tcp, reachable, loopback);
    read_table(tcp6, reachable, loopback);
    ListeningPorts ports;
    ports.reachable.assign(reachable.begin(), reachable.end());
    for (const int port : loopback) {
        if (!reachable.contains(port)) ports.loopback_only.push_back(port);
    }
    return ports;
}

std::optional<ListeningPorts> read_listening_ports(std::int64_t pid, const std::string& container_id) {
    if (pid <= 0 || container_id.empty()) return std::nullopt;
    const auto cgroup = read_file(fmt::format("/proc/{}/cgroup", pid));
    if (!cgroup || cgroup->find(container_id) == std::string::npos) return std::nullopt;
    const auto tcp = read_file(fmt::format("/proc/{}/net/tcp", pid));
    if (!tcp) return std::nullopt;
    const auto tcp6 = read_file(fmt::format("/proc/{}/net/tcp6", pid)); // absent without IPv6
    return parse_socket_tables(*tcp, tcp6.value_or(""));
}

} // namespace panel::docker
