// Asio is compiled once, here; everything else includes declarations only.
#include <boost/asio/impl/src.hpp>
