#pragma once
// A string that must not be printed, wiped when it goes. It formats as [redacted]; reveal() is the only way
// to the value, and easy to search for. Any thread; not shared between threads.

#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace panel {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
    Secret& operator=(Secret other) noexcept {
        value_.swap(other.value_);
        return *this;
    }
    ~Secret() { wipe(); }

    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    friend std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "[redacted]"; }

  private:
    void wipe() noexcept { explicit_bzero(value_.data(), value_.size()); }
    std::string value_;
};

} // namespace panel
