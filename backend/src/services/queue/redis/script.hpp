#pragma once
// A Lua script and the name that Redis knows it by. Built once, lives as long as the program. Plain data.

#include "crypto/digest.hpp"

#include <string>
#include <utility>

namespace panel::queue::redis {

struct Script {
    explicit Script(std::string t) : text(std::move(t)), sha(crypto::sha1_hex(text)) {}
    std::string text;
    std::string sha;
};

} // namespace panel::queue::redis
