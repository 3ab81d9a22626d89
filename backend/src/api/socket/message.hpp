#pragma once
// What goes over the WebSocket in both directions, as JSON text frames. Pure, any thread.

#include "api/json/deployment_json.hpp"
#include "api/json/field_types.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace panel::api {

struct ClientMessage {
    json::Text<16> op; // "subscribe", "unsubscribe", "ping"
    std::optional<json::Text<64>> topic;
    std::optional<std::int64_t> offset; // of a build log
};
BOOST_DESCRIBE_STRUCT(ClientMessage, (), (op, topic, offset))

[[nodiscard]] std::string pong_message();
[[nodiscard]] std::string error_message(std::string_view topic, const Error& error);
// Bytes [offset, next_offset) of a build log.
[[nodiscard]] std::string log_message(std::string_view topic, std::int64_t offset, std::int64_t next_offset,
                                      std::string_view bytes, bool end);
[[nodiscard]] std::string state_message(std::string_view topic, const wire::Deployment& deployment);
[[nodiscard]] std::string output_message(std::string_view topic, std::string_view text); // of a live release

} // namespace panel::api
