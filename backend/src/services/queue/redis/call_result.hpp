#pragma once
// How a call to Redis ended. What matters to the caller of a script that changes something is whether it may
// have run: only then must it not be sent again blindly. Plain data.

#include "services/queue/redis/reply.hpp"

#include <expected>
#include <string>

namespace panel::queue::redis {

struct CallError {
    enum class Kind {
        not_sent,  // it did not run: there is no connection
        unknown,   // it may have run: the connection broke, or the answer took too long
        refused,   // Redis answered with an error, which is the message
        cancelled, // the caller was cancelled; it may have run
    };
    Kind kind = Kind::not_sent;
    std::string message;
};

using CallResult = std::expected<Reply, CallError>;

} // namespace panel::queue::redis
