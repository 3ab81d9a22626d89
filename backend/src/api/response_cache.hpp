#pragma once
// Serialised answers of GET calls, kept as long as nothing was written to the database: a list of fifty
// projects is asked for far more often than it changes. Exactly fresh: the data version is read before the
// query, and an answer is used only while the version is still the same. Bounded by bytes, least recently
// used goes first. Owned by Api. Loop thread only.

#include "net/http_message.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace panel::api {

struct StoredAnswer {
    net::Headers headers; // content type, ETag and the call's own
    std::string body;

    [[nodiscard]] static StoredAnswer of(std::string_view content_type, net::Headers headers,
                                         std::string body);
    [[nodiscard]] std::string_view tag() const { return headers.get("ETag"); }
};

class ResponseCache {
  public:
    explicit ResponseCache(std::size_t capacity_bytes) : capacity_bytes_(capacity_bytes) {}

    // nullptr when it is not there or was made at another version.
    [[nodiscard]] std::shared_ptr<const StoredAnswer> find(const std::string& key, std::uint64_t version);
    // `version` was read before the answer's data.
    void put(std::string key, std::uint64_t version, std::shared_ptr<const StoredAnswer> answer);
    [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }

  private:
    struct Entry {
        std::string key;
        std::uint64_t version = 0;
        std::shared_ptr<const StoredAnswer> answer;
    };
    using Entries = std::list<Entry>; // the most recently used first
    [[nodiscard]] static std::size_t cost(const Entry& entry);
    void remove(Entries::iterator entry);

    std::size_t capacity_bytes_;
    std::size_t size_bytes_ = 0;
    Entries entries_;
    std::unordered_map<std::string_view, Entries::iterator> index_; // keys are those of the entries
};

} // namespace panel::api
