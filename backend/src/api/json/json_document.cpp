#include "api/json/json_document.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace panel::api::json {

namespace {

using boost::json::error_code;
using boost::json::string_view;

// boost::json's own document builder, which also remembers the keys of each open object.
class Handler {
  public:
    static constexpr std::size_t max_object_size = max_body_bytes;
    static constexpr std::size_t max_array_size = max_body_bytes;
    static constexpr std::size_t max_key_size = max_body_bytes;
    static constexpr std::size_t max_string_size = max_body_bytes;

    boost::json::value_stack stack;
    bool has_duplicate_key = false;

    bool on_document_begin(error_code&) {
        stack.reset();
        return true;
    }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) {
        keys_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t size, error_code& failure) {
        auto& keys = keys_.back();
        std::ranges::sort(keys);
        has_duplicate_key = std::ranges::adjacent_find(keys) != keys.end();
        keys_.pop_back();
        if (has_duplicate_key) {
            failure = boost::json::error::syntax;
            return false;
        }
        stack.push_object(size);
        return true;
    }
    bool on_array_begin(error_code&) { return true; }
    bool on_array_end(std::size_t size, error_code&) {
        stack.push_array(size);
        return true;
    }
    bool on_key_part(string_view part, std::size_t, error_code&) {
        key_ += std::string_view(part);
        stack.push_chars(part);
        return true;
    }
    bool on_key(string_view part, std::size_t, error_code&) {
        key_ += std::string_view(part);
        keys_.back().push_back(std::move(key_));
        key_.clear();
        stack.push_key(part);
        return true;
    }
    bool on_string_part(string_view part, std::size_t, error_code&) {
        stack.push_chars(part);
        return true;
    }
    bool on_string(string_view part, std::size_t, error_code&) {
        stack.push_string(part);
        return true;
    }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t value, string_view, error_code&) {
        stack.push_int64(value);
        return true;
    }
    bool on_uint64(std::uint64_t value, string_view, error_code&) {
        stack.push_uint64(value);
        return true;
    }
    bool on_double(double value, string_view, error_code&) {
        stack.push_double(value);
        return true;
    }
    bool on_bool(bool value, error_code&) {
        stack.push_bool(value);
        return true;
    }
    bool on_null(error_code&) {
        stack.push_null();
        return true;
    }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

  private:
    std::vector<std::vector<std::string>> keys_; // of the objects that are open
    std::string key_;
};

} // namespace

Result<boost::json::value> parse_document(std::string_view text) {
    if (text.size() > max_body_bytes) return fail(Code::too_large, "The body is larger than 1 MiB.");
    boost::json::parse_options options;
    options.max_depth = max_depth;
    boost::json::basic_parser<Handler> parser(options);
    error_code failure;
    const auto used = parser.write_some(false, text.data(), text.size(), failure);
    if (parser.handler().has_duplicate_key)
        return fail(Code::bad_request, "The body has an object with the same key twice.");
    if (failure == boost::json::error::too_deep)
        return fail(Code::bad_request, "The body is nested deeper than 32 levels.");
    if (failure || used != text.size() || !parser.done())
        return fail(Code::bad_request, "The body is not valid JSON.");
    return parser.handler().stack.release();
}

} // namespace panel::api::json
