// Asio's TLS is compiled once, here; everything else includes declarations only.
#include <boost/asio/ssl/impl/src.hpp>
