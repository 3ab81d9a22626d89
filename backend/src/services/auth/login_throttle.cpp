#include "services/auth/login_throttle.hpp"

#include <algorithm>

namespace panel::auth {
namespace {

constexpr int free_failures = 5;
constexpr int peer_failures = 20;
constexpr std::chrono::minutes peer_window{1};
constexpr std::chrono::seconds first_wait{1};
constexpr std::chrono::minutes longest_wait{15};
constexpr std::chrono::hours forgotten_after{1};
constexpr std::size_t most_entries = 10'000; // about 2 MB

std::chrono::milliseconds wait_after(int failures) {
    if (failures < free_failures) return {};
    const int doublings = std::min(failures - free_failures, 10);
    return std::min<std::chrono::milliseconds>(first_wait * (1 << doublings), longest_wait);
}

std::chrono::seconds rounded_up(std::chrono::milliseconds wait) {
    return std::chrono::ceil<std::chrono::seconds>(wait);
}

} // namespace

LoginThrottle::Key LoginThrottle::key_of(const std::string& email, const std::string& peer) const {
    Key known(email, peer);
    return known_.contains(known) ? known : Key(email, "");
}

std::optional<std::chrono::seconds> LoginThrottle::wait_for(const std::string& email, const std::string& peer,
                                                            Timestamp now) const {
    if (const auto found = accounts_.find(key_of(email, peer));
        found != accounts_.end() && found->second.blocked_until > now) {
        return rounded_up(std::min<std::chrono::milliseconds>(
            found->second.blocked_until - now, longest_wait)); // the clock may have been set back
    }
    if (const auto found = peers_.find(peer);
        found != peers_.end() && found->second.failures >= peer_failures) {
        const auto end = found->second.window_start + peer_window;
        if (end > now) return rounded_up(std::min<std::chrono::milliseconds>(end - now, peer_window));
    }
    return std::nullopt;
}

void LoginThrottle::note_failure(const std::string& email, const std::string& peer, Timestamp now) {
    make_room(now);
    auto& account = accounts_[key_of(email, peer)];
    if (account.last_failure + forgotten_after < now) account.failures = 0;
    ++account.failures;
    account.last_failure = now;
    account.blocked_until = now + wait_after(account.failures);
    auto& from = peers_[peer];
    if (from.window_start + peer_window <= now) from = {0, now};
    ++from.failures;
}

void LoginThrottle::note_success(const std::string& email, const std::string& peer) {
    accounts_.erase(key_of(email, peer));
    if (known_.size() >= most_entries) known_.erase(known_.begin());
    known_.emplace(email, peer);
}

void LoginThrottle::make_room(Timestamp now) {
    if (accounts_.size() >= most_entries) {
        std::erase_if(accounts_, [now](const auto& entry) { return entry.second.blocked_until <= now; });
        if (accounts_.size() >= most_entries) accounts_.erase(accounts_.begin());
    }
    if (peers_.size() >= most_entries) {
        std::erase_if(peers_,
                      [now](const auto& entry) { return entry.second.window_start + peer_window <= now; });
        if (peers_.size() >= most_entries) peers_.erase(peers_.begin());
    }
}

} // namespace panel::auth
