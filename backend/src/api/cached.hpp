#pragma once
// Answers a GET from the response cache, or makes and keeps the answer. The one place where the cache's key
// is computed. Loop thread only.

#include "api/answer.hpp"
#include "api/context.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace panel::api {

// What an answer depends on: who asks, what for, and the state of the record.
struct CacheKey {
    std::string text;
    std::uint64_t version = 0;
};
// Call it before the answer's data is read: what is read then is at least as new as the version.
[[nodiscard]] CacheKey cache_key(const Context& context);

namespace detail {

void keep(Context& context, CacheKey key, const std::shared_ptr<const StoredAnswer>& answer);
[[nodiscard]] std::shared_ptr<const StoredAnswer> find_kept(Context& context, const CacheKey& key);

} // namespace detail

// make(context) is awaited when nothing is kept. `may_keep` says whether an answer may be kept; nullptr:
// always.
template <class T>
boost::asio::awaitable<Result<Shared<T>>> cached(Context& context,
                                                 boost::asio::awaitable<Result<T>> (*make)(Context&),
                                                 bool (*may_keep)(const T&) = nullptr) {
    auto key = cache_key(context);
    if (auto kept = detail::find_kept(context, key)) co_return Shared<T>{std::move(kept)};
    auto answer = co_await make(context);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    const bool keep = !may_keep || may_keep(*answer);
    auto stored = std::make_shared<const StoredAnswer>(make_stored(std::move(*answer)));
    if (keep) detail::keep(context, std::move(key), stored);
    co_return Shared<T>{std::move(stored)};
}

} // namespace panel::api
