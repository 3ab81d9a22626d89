#pragma once
// Lets a build begin when there is room for it: at most so many at once, and only beside others when the
// memory that is free covers what the project's newest builds used. In the order of arrival. Nothing waits
// for ever: when nothing else builds, the next goes on, and the wait has an end. Meanwhile it measures what
// builds use, and the limiter keeps them below the server's limits. Owned by App. Loop thread only.

#include "base/result.hpp"
#include "services/deployment/build_use.hpp"
#include "services/docker/build_limiter.hpp"
#include "services/docker/docker_engine.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace panel::deployment {

struct RoomSettings {
    int concurrent_builds = 1;
    std::int64_t unknown_bytes = std::int64_t{768} << 20; // that a first build is given room for
    std::chrono::milliseconds longest_wait{std::chrono::minutes{60}};
    std::chrono::milliseconds look_again{2'000}; // at the memory, while a build waits for it
    std::chrono::milliseconds sample{200};       // between two looks at what builds use
    std::int64_t least_disk_bytes = 0; // free; with less, builds are ended before they fill the disk
};

class BuildRoom {
  public:
    // What programs could still get of this machine's memory (MemAvailable); nothing when it is not known.
    using FreeMemory = std::function<std::optional<std::int64_t>()>;
    // Free space of the disk that builds write to.
    using FreeDisk = std::function<std::int64_t()>;
    using Say = std::function<boost::asio::awaitable<void>(std::string)>; // one line of the build log

    // A build's place; it is free again when this goes.
    class Place {
      public:
        Place(BuildRoom& room, std::int64_t estimate_bytes);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        // Runs the build and looks at its memory and at the disk meanwhile. Errors: those of the build;
        // unavailable, when it was ended because the disk was nearly full.
        boost::asio::awaitable<Result<docker::BuildOutcome>>
        watch(boost::asio::awaitable<Result<docker::BuildOutcome>> build);
        // Looks a last time and says what the build used.
        boost::asio::awaitable<BuildUse> end();

      private:
        friend class BuildRoom;
        BuildRoom& room_;
        std::int64_t estimate_bytes_;
        std::int64_t peak_bytes_ = 0;
        std::int64_t kills_before_ = 0;
        std::optional<std::int64_t> free_disk_bytes_; // when the disk was nearly full
    };

    BuildRoom(boost::asio::any_io_executor executor, docker::BuildLimiter& limiter, RoomSettings settings,
              FreeMemory free_memory, FreeDisk free_disk = {});

    // Suspends until there is room. `known_peak_bytes`: of the project's newest builds, nothing for its
    // first. Errors: unavailable, when there was none within the longest wait.
    boost::asio::awaitable<Result<std::unique_ptr<Place>>> enter(std::optional<std::int64_t> known_peak_bytes,
                                                                 Say say);
    [[nodiscard]] std::size_t building() const { return places_.size(); }
    [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

  private:
    struct Waiter {
        boost::asio::steady_timer timer;
        std::int64_t estimate_bytes;
        bool woken = false;
    };
    enum class Obstacle { none, order, places, memory, limit };
    struct Reason {
        Obstacle obstacle = Obstacle::none;
        std::string sentence;
    };
    [[nodiscard]] Reason why_wait(const Waiter& waiter) const;
    [[nodiscard]] std::int64_t promised_bytes() const;
    boost::asio::awaitable<Result<void>> wait_turn(Waiter& waiter, Say say);
    boost::asio::awaitable<void> keep_sampling(Place& place);
    boost::asio::awaitable<docker::BuildMemory> sample();
    void wake();

    boost::asio::any_io_executor executor_;
    docker::BuildLimiter& limiter_;
    RoomSettings settings_;
    FreeMemory free_memory_;
    FreeDisk free_disk_;
    std::list<Waiter*> waiters_; // in the order of arrival; each lives in its enter()
    std::list<Place*> places_;
    std::int64_t held_bytes_ = 0; // by builds, as last seen
};

// What builds may use of a machine's memory when nobody said: the rest is for the panel, Caddy and the apps.
[[nodiscard]] std::int64_t default_build_memory(std::int64_t machine_bytes);

} // namespace panel::deployment
