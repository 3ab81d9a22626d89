#include "services/queue/redis/reply.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <iterator>
#include <new>

namespace panel::queue::redis {

namespace {

struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

Reply to_value(const redisReply& raw) {
    Reply reply;
    switch (raw.type) {
    case REDIS_REPLY_INTEGER:
        reply.kind = Reply::Kind::integer;
        reply.integer = raw.integer;
        break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
        reply.kind = raw.type == REDIS_REPLY_ERROR ? Reply::Kind::error : Reply::Kind::text;
        reply.text.assign(raw.str, raw.len);
        break;
    case REDIS_REPLY_ARRAY:
        reply.kind = Reply::Kind::list;
        reply.items.reserve(raw.elements);
        for (std::size_t i = 0; i < raw.elements; ++i) reply.items.push_back(to_value(*raw.element[i]));
        break;
    default: break;
    }
    return reply;
}

} // namespace

void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

ReplyReader::ReplyReader() : reader_(redisReaderCreate()) {
    if (!reader_) throw std::bad_alloc();
}

void ReplyReader::feed(std::string_view bytes) {
    redisReaderFeed(reader_.get(), bytes.data(), bytes.size()); // what goes wrong is told by next()
}

Result<std::optional<Reply>> ReplyReader::next() {
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK)
        return fail(Code::unavailable, fmt::format("Redis' answer cannot be read: {}.", reader_->errstr));
    if (raw == nullptr) return std::optional<Reply>{};
    const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(raw));
    return to_value(*reply);
}

void append_command(std::string& out, const std::vector<std::string>& words) {
    fmt::format_to(std::back_inserter(out), "*{}\r\n", words.size());
    for (const auto& word : words) {
        fmt::format_to(std::back_inserter(out), "${}\r\n", word.size());
        out += word;
        out += "\r\n";
    }
}

} // namespace panel::queue::redis
