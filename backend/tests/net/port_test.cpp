#include "net/port.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

using boost::asio::ip::tcp;

TEST_CASE("a port is taken while somebody listens on it, and free afterwards") {
    boost::asio::io_context loop;
    tcp::acceptor listener(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    const auto port = listener.local_endpoint().port();
    CHECK_FALSE(panel::net::is_port_free(port));
    listener.close();
    CHECK(panel::net::is_port_free(port));
}
