#include "api/cached.hpp"

#include "services/server/data_version.hpp"

namespace panel::api {

namespace {

constexpr std::size_t max_kept_bytes = 512 * 1024; // one answer must not push everything else out

} // namespace

CacheKey cache_key(const Context& context) {
    CacheKey key;
    key.version = context.services().data_version.current();
    key.text = std::to_string(context.principal.user_id);
    key.text += context.principal.is_admin() ? 'a' : 'u';
    key.text += context.request.path;
    key.text += '?';
    key.text += context.request.query;
    return key;
}

namespace detail {

void keep(Context& context, CacheKey key, const std::shared_ptr<const StoredAnswer>& answer) {
    if (answer->body.size() <= max_kept_bytes)
        context.state.cache.put(std::move(key.text), key.version, answer);
}

std::shared_ptr<const StoredAnswer> find_kept(Context& context, const CacheKey& key) {
    return context.state.cache.find(key.text, key.version);
}

} // namespace detail

} // namespace panel::api
