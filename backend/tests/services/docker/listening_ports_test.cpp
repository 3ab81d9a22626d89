// Socket tables as the kernel prints them.

#include "services/docker/listening_ports.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <string_view>
#include <vector>

using namespace panel::docker;

namespace {

constexpr std::string_view heading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

} // namespace

TEST_CASE("listening ports are told apart by where they can be reached") {
    const auto tcp =
        std::string(heading) +
        "   0: 00000000:0D80 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n"
        "   1: 0100007F:0D81 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1\n"
        "   2: 0B00007F:A3F1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1\n"
        "   3: 020011AC:0D80 010011AC:C001 01 00000000:00000000 00:00000000 00000000     0        0 4 1\n"
        "   4: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 1\n";
    const auto tcp6 = std::string(heading) +
                      "   0: 00000000000000000000000000000000:0BB8 0:0000 0A 0:0 00:0 0     0        0 6 1\n"
                      "   1: 00000000000000000000000001000000:0BB9 0:0000 0A 0:0 00:0 0     0        0 7 1\n"
                      "   2: 0000000000000000FFFF00000100007F:0BBA 0:0000 0A 0:0 00:0 0     0        0 8 1\n"
                      "   3: 0000000000000000FFFF0000020011AC:1F90 0:0000 0A 0:0 00:0 0     0        0 9 1\n";
    const auto ports = parse_socket_tables(tcp, tcp6);
    CHECK(ports.reachable == std::vector<int>{3000, 3456, 8080});
    CHECK(ports.loopback_only == std::vector<int>{3001, 3002, 3457});
}

TEST_CASE("tables that cannot be read give nothing") {
    const auto ports = parse_socket_tables("garbage\n\n 0: nocolon x 0A\n 1: 00000000:XYZ x 0A", "");
    CHECK(ports.reachable.empty());
    CHECK(ports.loopback_only.empty());
}

TEST_CASE("a process that is not the container's is not taken for it") {
    CHECK_FALSE(read_listening_ports(::getpid(), std::string(64, 'a')));
    CHECK_FALSE(read_listening_ports(0, "abc"));
    CHECK_FALSE(read_listening_ports(::getpid(), ""));
}
