#pragma once
// A path inside a repository or an image's working directory, relative to its root; "" is the root itself.
// Normalised: no empty or "." parts, no trailing '/'. It cannot name anything outside. Immutable, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace panel {

class RelPath {
  public:
    // At most 1024 bytes, 255 a part, 64 parts. Fails with invalid and one plain sentence.
    static Result<RelPath> parse(std::string_view text);
    static RelPath root() { return RelPath({}); }

    [[nodiscard]] const std::string& value() const { return value_; }
    [[nodiscard]] bool is_root() const { return value_.empty(); }

    friend bool operator==(const RelPath&, const RelPath&) = default;

  private:
    explicit RelPath(std::string value) : value_(std::move(value)) {}
    std::string value_;
};

} // namespace panel
