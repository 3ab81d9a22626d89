#include "database/stall_watch.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

namespace panel::database {
namespace {

constexpr std::chrono::seconds look_interval{1};

} // namespace

StallWatch::Unit::Unit(int socket, std::chrono::milliseconds limit)
    : number_(socket < 0 ? 0 : instance().add(socket, limit)) {}

StallWatch::Unit::~Unit() {
    if (number_ != 0) instance().remove(number_);
}

StallWatch& StallWatch::instance() {
    static StallWatch watch;
    return watch;
}

StallWatch::StallWatch() : thread_([this] { run(); }) {}

StallWatch::~StallWatch() {
    {
        const std::scoped_lock lock(mutex_);
        is_ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

std::uint64_t StallWatch::add(int socket, std::chrono::milliseconds limit) {
    const std::scoped_lock lock(mutex_);
    units_[++last_number_] = {socket, Clock::now() + limit};
    if (is_idle_) changed_.notify_all();
    return last_number_;
}

void StallWatch::remove(std::uint64_t number) {
    const std::scoped_lock lock(mutex_); // after this the socket may be closed, and its number be another's
    units_.erase(number);
}

void StallWatch::cut_overdue() {
    const auto now = Clock::now();
    for (auto& [number, unit] : units_) {
        if (unit.is_cut || unit.end > now) continue;
        unit.is_cut = true;
        ::shutdown(unit.socket, SHUT_RDWR);
        spdlog::error("The database server stands still: a connection on which it did not answer is ended.");
    }
}

void StallWatch::run() {
    std::unique_lock lock(mutex_);
    while (!is_ending_) {
        is_idle_ = units_.empty();
        if (is_idle_) {
            changed_.wait(lock);
        } else {
            changed_.wait_for(lock, look_interval);
        }
        cut_overdue();
    }
}

} // namespace panel::database
