#include "services/auth/session_cache.hpp"

namespace panel::auth {
namespace {
constexpr std::size_t most_entries = 2'000;
} // namespace

const SessionCache::Entry* SessionCache::find(const std::string& session_id, Timestamp now) const {
    const auto found = entries_.find(session_id);
    if (found == entries_.end()) return nullptr;
    const auto& entry = found->second;
    const bool is_fresh =
        entry.checked_at <= now && now - entry.checked_at < lifetime; // a clock set back makes it stale
    return is_fresh && entry.expires_at > now ? &entry : nullptr;
}

void SessionCache::put(Entry entry, std::uint64_t epoch) {
    if (epoch != epoch_) return;
    if (entries_.size() >= most_entries) {
        std::erase_if(entries_, [&entry](const auto& other) {
            return other.second.checked_at + lifetime <= entry.checked_at;
        });
        if (entries_.size() >= most_entries) entries_.clear(); // only a query more for each
    }
    auto id = entry.principal.session_id;
    entries_.insert_or_assign(std::move(id), std::move(entry));
}

void SessionCache::drop(const std::string& session_id) {
    ++epoch_;
    entries_.erase(session_id);
}

} // namespace panel::auth
