#pragma once
// Beast's HTTP response parser, writing straight into a Response: head first, then body bytes as they are
// decoded. No I/O. One object per message. Not for use outside net/.

#include "net/http_message.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <string>

namespace panel::net {

class ResponseReader final : public boost::beast::http::basic_parser<false> {
  public:
    // An answer to HEAD has no body whatever its head says.
    explicit ResponseReader(bool answers_head);

    Response response; // status and headers; the body stays empty
    std::string piece; // decoded body bytes that nobody took yet

  private:
    using Error = boost::beast::error_code;
    using View = boost::beast::string_view;
    using Length = boost::optional<std::uint64_t>;

    void on_request_impl(boost::beast::http::verb, View, View, int, Error&) override {}
    void on_response_impl(int status, View reason, int version, Error& error) override;
    void on_field_impl(boost::beast::http::field, View name, View value, Error& error) override;
    void on_header_impl(Error&) override { head_done_ = true; }
    void on_body_init_impl(const Length&, Error&) override {}
    std::size_t on_body_impl(View bytes, Error& error) override;
    void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View bytes, Error& error) override;
    void on_finish_impl(Error&) override {}

    bool head_done_ = false;
};

} // namespace panel::net
