#pragma once
// Wall-clock time as a port, so that tests decide what time it is. Timestamps are milliseconds since 1970 UTC
// everywhere: in the database (BIGINT), in models (Timestamp) and, as ISO 8601 text, in JSON. Any thread.

#include <chrono>
#include <cstdint>
#include <string>

namespace panel {

using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
  public:
    [[nodiscard]] Timestamp now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

// For tests: time moves only when told to.
class ManualClock final : public Clock {
  public:
    explicit ManualClock(Timestamp start = Timestamp{std::chrono::milliseconds{1'750'000'000'000}})
        : now_(start) {}
    [[nodiscard]] Timestamp now() const override { return now_; }
    void advance(std::chrono::milliseconds duration) { now_ += duration; }

  private:
    Timestamp now_;
};

// "2026-01-31T09:05:00.000Z"
[[nodiscard]] std::string to_iso8601(Timestamp time);

[[nodiscard]] inline std::int64_t to_milliseconds(Timestamp time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Timestamp from_milliseconds(std::int64_t value) {
    return Timestamp{std::chrono::milliseconds{value}};
}

} // namespace panel
