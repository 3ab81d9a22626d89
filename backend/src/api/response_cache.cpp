#include "api/response_cache.hpp"

#include <fmt/format.h>

#include <functional>

namespace panel::api {

StoredAnswer StoredAnswer::of(std::string_view content_type, net::Headers headers, std::string body) {
    StoredAnswer out;
    out.headers = std::move(headers);
    out.headers.add("Content-Type", std::string(content_type));
    out.headers.add("ETag", fmt::format("\"{:x}-{:016x}\"", body.size(), std::hash<std::string>{}(body)));
    out.body = std::move(body);
    return out;
}

std::shared_ptr<const StoredAnswer> ResponseCache::find(const std::string& key, std::uint64_t version) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    if (found->second->version != version) {
        remove(found->second);
        return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->answer;
}

void ResponseCache::put(std::string key, std::uint64_t version, std::shared_ptr<const StoredAnswer> answer) {
    if (const auto old = index_.find(key); old != index_.end()) remove(old->second);
    entries_.push_front({std::move(key), version, std::move(answer)});
    index_.emplace(entries_.front().key, entries_.begin());
    size_bytes_ += cost(entries_.front());
    while (size_bytes_ > capacity_bytes_) remove(std::prev(entries_.end()));
}

std::size_t ResponseCache::cost(const Entry& entry) {
    constexpr std::size_t overhead = 512; // nodes, headers
    return entry.key.size() + entry.answer->body.size() + overhead;
}

void ResponseCache::remove(Entries::iterator entry) {
    size_bytes_ -= cost(*entry);
    index_.erase(entry->key);
    entries_.erase(entry);
}

} // namespace panel::api
