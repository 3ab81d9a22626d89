#pragma once
// Slows down guessing of passwords: after five failures of an account each further one doubles a wait, from
// one second to fifteen minutes; a peer has twenty failures a minute. It knows e-mail addresses and peers,
// not whether an account exists. Kept in memory: a restart forgives. Signed-in sessions are not asked here,
// so nobody can lock an owner out of a session. Pure but for its own state; loop thread only.

#include "base/clock.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace panel::auth {

class LoginThrottle {
  public:
    // How long to wait before the next try; nothing when it may be made now.
    [[nodiscard]] std::optional<std::chrono::seconds> wait_for(const std::string& email,
                                                               const std::string& peer, Timestamp now) const;
    void note_failure(const std::string& email, const std::string& peer, Timestamp now);
    void note_success(const std::string& email); // the account's failures are forgotten, the peer's are not
    [[nodiscard]] std::size_t size() const { return accounts_.size() + peers_.size(); }

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
    void make_room(Timestamp now);

    std::map<std::string, Account> accounts_;
    std::map<std::string, Peer> peers_;
};

} // namespace panel::auth
