#pragma once
// Lets a limited number of coroutines through at once, first come first served; the rest wait, and beyond a
// limit of waiting ones are refused. Loop thread only. Must outlive every coroutine that waits at it.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <list>
#include <optional>

namespace panel::auth {

class WorkGate {
  public:
    // Held while working; lets the next one in when it goes.
    class Pass {
      public:
        explicit Pass(WorkGate& gate) : gate_(&gate) {}
        Pass(Pass&& other) noexcept : gate_(other.gate_) { other.gate_ = nullptr; }
        Pass& operator=(Pass&&) = delete;
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;
        ~Pass() {
            if (gate_ != nullptr) gate_->leave();
        }

      private:
        WorkGate* gate_;
    };

    WorkGate(std::size_t slots, std::size_t longest_queue) : free_(slots), longest_queue_(longest_queue) {}

    // nullopt when too many wait already, or the wait was cancelled.
    boost::asio::awaitable<std::optional<Pass>> enter();

  private:
    struct Waiter {
        boost::asio::steady_timer timer;
        bool admitted = false;
    };
    void leave();

    std::size_t free_;
    std::size_t longest_queue_;
    std::list<Waiter> waiting_;
};

} // namespace panel::auth
