#pragma once
// What Redis answers (RESP2), as values, cut out of the byte stream by hiredis' reader. Loop thread only.

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct redisReader; // NOLINT(readability-identifier-naming): as hiredis spells it

namespace panel::queue::redis {

struct Reply {
    enum class Kind { nil, integer, text, list, error };
    Kind kind = Kind::nil;
    std::int64_t integer = 0;
    std::string text; // of a string, a status or an error
    std::vector<Reply> items;

    [[nodiscard]] bool is_nil() const { return kind == Kind::nil; }
};

class ReplyReader {
  public:
    ReplyReader();
    void feed(std::string_view bytes);
    // The next whole reply, or none until more is fed. Errors: unavailable, what came is not Redis' protocol.
    Result<std::optional<Reply>> next();

  private:
    struct Free {
        void operator()(redisReader* reader) const;
    };
    std::unique_ptr<redisReader, Free> reader_;
};

// A command as Redis reads it: the words, each with its length.
void append_command(std::string& out, const std::vector<std::string>& words);

} // namespace panel::queue::redis
