#include "api/socket/message.hpp"

#include "api/json/json_writer.hpp"
#include "api/middleware/error_to_response.hpp"

namespace panel::api {

namespace {

std::string begin(std::string_view topic) {
    std::string out = "{\"topic\":";
    json::write_text(out, topic);
    return out;
}

} // namespace

std::string pong_message() { return R"({"op":"pong"})"; }

std::string error_message(std::string_view topic, const Error& error) {
    auto out = begin(topic);
    out += ",\"error\":{\"code\":";
    json::write_text(out, to_string(error.code));
    out += ",\"detail\":";
    json::write_text(out, error.message);
    out += "}}";
    return out;
}

std::string log_message(std::string_view topic, std::int64_t offset, std::int64_t next_offset,
                        std::string_view bytes, bool end) {
    auto out = begin(topic);
    out.reserve(bytes.size() + bytes.size() / 8 + 128);
    out += ",\"offset\":";
    json::write_number(out, offset);
    out += ",\"next_offset\":";
    json::write_number(out, next_offset);
    out += ",\"data\":";
    json::write_text(out, bytes);
    out += end ? ",\"end\":true}" : ",\"end\":false}";
    return out;
}

std::string state_message(std::string_view topic, const wire::Deployment& deployment) {
    auto out = begin(topic);
    out += ",\"data\":";
    json::write(out, deployment);
    out += '}';
    return out;
}

std::string output_message(std::string_view topic, std::string_view text) {
    auto out = begin(topic);
    out += ",\"data\":";
    json::write_text(out, text);
    out += '}';
    return out;
}

} // namespace panel::api
