#pragma once
// Ends units of work on a PostgreSQL server that stands still: one that takes no more instructions, but whose
// kernel keeps the connection up, is noticed neither by keepalives nor by the server's own limits, and libpq
// waits for its answer for ever. When a unit passes its limit its socket is shut down: libpq then sees the
// end of the stream, and the call becomes an Outage. One for the process, with a thread of its own that
// sleeps while no unit is open; made by the first unit. Any thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

namespace panel::database {

class StallWatch {
  public:
    // While it lives, its socket is shut down once the limit has passed (up to a second later). The socket
    // must stay open as long.
    class Unit {
      public:
        // A negative socket: nothing is watched.
        Unit(int socket, std::chrono::milliseconds limit);
        ~Unit();
        Unit(const Unit&) = delete;
        Unit& operator=(const Unit&) = delete;

      private:
        std::uint64_t number_ = 0;
    };

    StallWatch();
    ~StallWatch();
    StallWatch(const StallWatch&) = delete;
    StallWatch& operator=(const StallWatch&) = delete;

  private:
    using Clock = std::chrono::steady_clock;
    struct Watched {
        int socket = -1;
        Clock::time_point end;
        bool is_cut = false;
    };
    static StallWatch& instance();
    std::uint64_t add(int socket, std::chrono::milliseconds limit);
    void remove(std::uint64_t number);
    void run();
    void cut_overdue(); // with the lock held

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::uint64_t, Watched> units_;
    std::uint64_t last_number_ = 0;
    bool is_idle_ = false; // the thread sleeps until there is a unit
    bool is_ending_ = false;
    std::thread thread_; // the last: it uses the others
};

} // namespace panel::database
