#pragma once
// HTTP/1.1 requests (RFC 9112) from bytes: a strict scan of the head, then Beast's parser writing straight
// into a Request. Strict, because whatever two programs in a row may read differently lets one request hide
// in another: bare line feeds, folded lines, two lengths, a length beside a transfer coding, trailers and the
// like are refused. No I/O. Not for use outside net/.

#include "net/http_message.hpp"
#include "net/http_server.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace panel::net {

// Looks for the end of a head line by line as it arrives, so that every byte is looked at once.
class HeadScanner {
  public:
    enum class Outcome { incomplete, complete, malformed, too_large };
    explicit HeadScanner(std::size_t limit_bytes) : limit_(limit_bytes) {}
    // `bytes` starts at the same request each time and only grows.
    Outcome scan(std::string_view bytes);
    [[nodiscard]] std::size_t size() const { return line_; } // of a complete head

  private:
    std::size_t limit_;
    std::size_t line_ = 0;    // where the line begins that has no end yet
    std::size_t scanned_ = 0; // no line feed before this
    std::size_t lines_ = 0;
};

// put() takes a complete head first, then whatever follows. After an error refusal() is the status to answer.
class RequestReader final : public boost::beast::http::basic_parser<true> {
  public:
    explicit RequestReader(const HttpServerLimits& limits);

    Request request;
    [[nodiscard]] bool version_is_11() const { return version_ >= 11; }
    [[nodiscard]] bool is_head_request() const { return is_head_request_; }
    [[nodiscard]] bool expects_continue() const { return expects_continue_; }
    [[nodiscard]] int refusal(const boost::beast::error_code& error) const;

  private:
    using Error = boost::beast::error_code;
    using View = boost::beast::string_view;
    using Length = boost::optional<std::uint64_t>;

    void on_request_impl(boost::beast::http::verb verb, View method, View target, int version,
                         Error& error) override;
    void on_response_impl(int, View, int, Error&) override {}
    void on_field_impl(boost::beast::http::field field, View name, View value, Error& error) override;
    void on_header_impl(Error& error) override;
    void on_body_init_impl(const Length& length, Error& error) override;
    std::size_t on_body_impl(View bytes, Error& error) override;
    void on_chunk_header_impl(std::uint64_t, View extensions, Error& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t, View bytes, Error& error) override;
    void on_finish_impl(Error&) override {}

    bool take_target(std::string_view target);
    void refuse(int status, Error& error);

    const HttpServerLimits& limits_;
    std::string authority_; // of an absolute-form target
    int version_ = 11;
    int refusal_ = 400;
    int hosts_ = 0;
    bool has_length_ = false;
    bool has_coding_ = false;
    bool is_head_request_ = false;
    bool expects_continue_ = false;
    bool head_done_ = false;
};

} // namespace panel::net
