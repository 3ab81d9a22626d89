#include "services/deployment/build_room.hpp"

#include "base/deadline.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace panel::deployment {

namespace {

constexpr std::int64_t megabyte = std::int64_t{1} << 20;

// A build that needs a little more than the last one still fits.
std::int64_t with_margin(std::int64_t bytes) { return bytes + bytes / 8; }

} // namespace

std::int64_t default_build_memory(std::int64_t machine_bytes) {
    constexpr auto least_for_others = 768 * megabyte;
    constexpr auto least_for_builds = 512 * megabyte; // less builds nothing; the kernel decides then
    const auto for_others = std::max(machine_bytes / 100 * 35, least_for_others);
    return std::max(machine_bytes - for_others, least_for_builds);
}

BuildRoom::Place::Place(BuildRoom& room, std::int64_t estimate_bytes)
    : room_(room), estimate_bytes_(estimate_bytes) {
    room_.places_.push_back(this);
}

BuildRoom::Place::~Place() {
    room_.places_.remove(this);
    if (room_.places_.empty()) room_.held_bytes_ = 0;
    room_.wake();
}

asio::awaitable<Result<docker::BuildOutcome>>
BuildRoom::Place::watch(asio::awaitable<Result<docker::BuildOutcome>> build) {
    using namespace asio::experimental::awaitable_operators;
    auto outcome = co_await (detail::guarded(std::move(build)) || room_.keep_sampling(*this));
    if (outcome.index() == 1) co_return fail(Code::unavailable, "The disk is nearly full.");
    auto& guarded = std::get<0>(outcome);
    if (guarded.failure) std::rethrow_exception(guarded.failure);
    co_return std::move(*guarded.value);
}

asio::awaitable<BuildUse> BuildRoom::Place::end() {
    const auto memory = co_await room_.sample();
    BuildUse use;
    use.peak_bytes = peak_bytes_;
    if (room_.limiter_.is_limiting()) use.limit_bytes = room_.limiter_.limits().memory_bytes;
    use.out_of_memory = memory.oom_kills > kills_before_;
    use.disk_full = free_disk_bytes_.has_value();
    use.free_disk_bytes = free_disk_bytes_.value_or(0);
    co_return use;
}

BuildRoom::BuildRoom(asio::any_io_executor executor, docker::BuildLimiter& limiter, RoomSettings settings,
                     FreeMemory free_memory, FreeDisk free_disk)
    : executor_(std::move(executor)),
      limiter_(limiter),
      settings_(settings),
      free_memory_(std::move(free_memory)),
      free_disk_(std::move(free_disk)) {}

void BuildRoom::wake() {
    for (auto* waiter : waiters_) {
        waiter->woken = true;
        waiter->timer.cancel();
    }
}

// What the builds that run may still take of the free memory.
std::int64_t BuildRoom::promised_bytes() const {
    std::int64_t promised = 0;
    for (const auto* place : places_) promised += place->estimate_bytes_;
    return std::max<std::int64_t>(promised - held_bytes_, 0);
}

BuildRoom::Reason BuildRoom::why_wait(const Waiter& waiter) const {
    if (waiters_.front() != &waiter) {
        const auto ahead = std::distance(waiters_.begin(), std::ranges::find(waiters_, &waiter));
        return {Obstacle::order,
                fmt::format("{} {} ahead of it.", ahead, ahead == 1 ? "build is" : "builds are")};
    }
    if (places_.empty()) return {};
    if (static_cast<int>(places_.size()) >= settings_.concurrent_builds)
        return {Obstacle::places,
                places_.size() == 1
                    ? std::string("another build runs, and this server does one at a time.")
                    : fmt::format("{} builds run, as many as this server does at once.", places_.size())};
    const auto promised = promised_bytes();
    const auto limit = limiter_.limits().memory_bytes;
    if (limit > 0 && held_bytes_ + promised + waiter.estimate_bytes > limit)
        return {Obstacle::limit,
                fmt::format("it needs about {} of the {} that builds may use together, and {} "
                            "are taken by those that run.",
                            say_bytes(waiter.estimate_bytes), say_bytes(limit),
                            say_bytes(held_bytes_ + promised))};
    const auto free = free_memory_();
    if (free && *free - promised < waiter.estimate_bytes)
        return {Obstacle::memory,
                fmt::format("it needs about {} of memory, and {} are free beside the builds that run.",
                            say_bytes(waiter.estimate_bytes),
                            say_bytes(std::max<std::int64_t>(*free - promised, 0)))};
    return {};
}

asio::awaitable<Result<void>> BuildRoom::wait_turn(Waiter& waiter, Say say) {
    const auto end = std::chrono::steady_clock::now() + settings_.longest_wait;
    auto told = Obstacle::none;
    while (true) {
        auto reason = why_wait(waiter);
        if (reason.obstacle == Obstacle::none) co_return Result<void>{};
        if (std::chrono::steady_clock::now() >= end)
            co_return fail(
                Code::unavailable,
                fmt::format("There was no room for this build for too long ({} min): {}",
                            std::chrono::ceil<std::chrono::minutes>(settings_.longest_wait).count(),
                            reason.sentence));
        waiter.woken = false;
        if (std::exchange(told, reason.obstacle) != reason.obstacle)
            co_await say("Waiting for a build slot: " + reason.sentence);
        if (waiter.woken) continue; // while it was said
        waiter.timer.expires_after(settings_.look_again);
        co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<Result<std::unique_ptr<BuildRoom::Place>>>
BuildRoom::enter(std::optional<std::int64_t> known_peak_bytes, Say say) {
    auto estimate = known_peak_bytes ? with_margin(*known_peak_bytes) : settings_.unknown_bytes;
    // More than the limit no build gets, whatever it would like.
    if (const auto limit = limiter_.limits().memory_bytes; limit > 0) estimate = std::min(estimate, limit);
    Waiter waiter{asio::steady_timer(executor_), estimate};
    waiters_.push_back(&waiter);
    struct Leave { // also when the caller is cancelled
        BuildRoom& room;
        Waiter& waiter;
        ~Leave() {
            room.waiters_.remove(&waiter);
            room.wake();
        }
    };
    std::unique_ptr<Place> place;
    {
        const Leave leave{*this, waiter};
        if (auto turn = co_await wait_turn(waiter, std::move(say)); !turn)
            co_return std::unexpected(turn.error());
        place = std::make_unique<Place>(*this, estimate);
    }
    co_await limiter_.apply();
    place->kills_before_ = (co_await sample()).oom_kills;
    place->peak_bytes_ = 0; // of what was held before it began
    co_return std::move(place);
}

asio::awaitable<docker::BuildMemory> BuildRoom::sample() {
    const auto memory = co_await limiter_.read();
    held_bytes_ = memory.held_bytes;
    // One group holds them all: what each has of it is not to be told apart.
    const auto builds = std::max<std::int64_t>(static_cast<std::int64_t>(places_.size()), 1);
    for (auto* place : places_) place->peak_bytes_ = std::max(place->peak_bytes_, memory.held_bytes / builds);
    co_return memory;
}

asio::awaitable<void> BuildRoom::keep_sampling(Place& place) {
    while (true) { // until it is cancelled
        if (settings_.least_disk_bytes > 0 && free_disk_) {
            const auto free = free_disk_();
            if (free < settings_.least_disk_bytes) {
                place.free_disk_bytes_ = free;
                co_return;
            }
        }
        (void)co_await sample();
        co_await sleep_for(settings_.sample);
    }
}

} // namespace panel::deployment
