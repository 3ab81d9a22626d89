#include "net/response_reader.hpp"

#include <string_view>

namespace panel::net {

ResponseReader::ResponseReader(bool answers_head) {
    header_limit(64 * 1024);
    body_limit(boost::none); // the caller counts what it keeps
    eager(true);
    if (answers_head) skip(true);
}

void ResponseReader::on_response_impl(int status, View, int, Error&) { response.status = status; }

void ResponseReader::on_field_impl(boost::beast::http::field, View name, View value, Error&) {
    if (!head_done_) response.headers.add(std::string(name), std::string(value)); // trailers are dropped
}

std::size_t ResponseReader::on_body_impl(View bytes, Error&) {
    piece.append(bytes.data(), bytes.size());
    return bytes.size();
}

std::size_t ResponseReader::on_chunk_body_impl(std::uint64_t, View bytes, Error& error) {
    return on_body_impl(bytes, error);
}

} // namespace panel::net
