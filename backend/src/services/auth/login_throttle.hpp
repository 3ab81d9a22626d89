#pragma once
// Slows down guessing of passwords: after five failures of an account each further one doubles a wait, from
// one second to fifteen minutes; a peer has twenty failures a minute. A peer from where somebody signed in to
// the account has a count of its own there, so that those who guess elsewhere do not keep its owner out. It
// knows e-mail addresses and peers, not whether an account exists. Kept in memory, each process for itself
// (docs/decisions/0016): a restart forgives. Signed-in sessions are not asked here. Pure but for its own
// state; loop thread only.

#include "base/clock.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace panel::auth {

class LoginThrottle {
  public:
    // How long to wait before the next try; nothing when it may be made now.
    [[nodiscard]] std::optional<std::chrono::seconds> wait_for(const std::string& email,
                                                               const std::string& peer, Timestamp now) const;
    void note_failure(const std::string& email, const std::string& peer, Timestamp now);
    // The account's failures are forgotten, the peer's are not; from now on the two know each other.
    void note_success(const std::string& email, const std::string& peer);
    [[nodiscard]] std::size_t size() const { return accounts_.size() + peers_.size() + known_.size(); }

  private:
    struct Account {
        int failures = 0;
        Timestamp last_failure;
        Timestamp blocked_until;
    };
    struct Peer {
        int failures = 0;
        Timestamp window_start;
    };
    using Key = std::pair<std::string, std::string>; // an account, and a known peer or ""
    [[nodiscard]] Key key_of(const std::string& email, const std::string& peer) const;
    void make_room(Timestamp now);

    std::map<Key, Account> accounts_;
    std::set<Key> known_;
    std::map<std::string, Peer> peers_;
};

} // namespace panel::auth
