#pragma once
// The name of an environment variable (POSIX.1 §8.1): letters, digits and '_', no digit first, at most 255
// bytes. Immutable, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace panel {

class EnvKey {
  public:
    // Fails with invalid and one plain sentence.
    static Result<EnvKey> parse(std::string_view text);

    [[nodiscard]] const std::string& value() const { return value_; }

    friend bool operator==(const EnvKey&, const EnvKey&) = default;

  private:
    explicit EnvKey(std::string value) : value_(std::move(value)) {}
    std::string value_;
};

} // namespace panel
