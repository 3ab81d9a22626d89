#include "services/jobs/stored_text.hpp"

#include "base/utf8.hpp"
#include "crypto/encoding.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace panel::jobs {

namespace {
constexpr std::string_view mark = "base64:";
} // namespace

std::string text_of(const std::string& bytes) {
    const bool is_text = to_valid_utf8(bytes) == bytes && !bytes.starts_with(mark); // NUL is none
    return is_text ? bytes : std::string(mark) + crypto::base64_encode(bytes);
}

std::string bytes_of(const std::string& text) {
    if (!text.starts_with(mark)) return text;
    return crypto::base64_decode(std::string_view(text).substr(mark.size())).value_or("");
}

std::string text_of(const std::map<std::string, std::string>& headers) {
    if (headers.empty()) return "";
    boost::json::object object;
    for (const auto& [name, value] : headers) object[text_of(name)] = text_of(value);
    return boost::json::serialize(object);
}

std::map<std::string, std::string> headers_of(const std::string& text) {
    std::map<std::string, std::string> headers;
    if (text.empty()) return headers;
    for (const auto& [name, value] : boost::json::parse(text).as_object())
        headers[bytes_of(std::string(name))] = bytes_of(std::string(value.as_string()));
    return headers;
}

} // namespace panel::jobs
