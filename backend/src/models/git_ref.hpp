#pragma once
// The name of a branch by the rules of `git check-ref-format --branch`, and stricter: nothing that git could
// read as an option, a refspec or a revision expression. Immutable, any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace panel {

class GitRef {
  public:
    // A bare branch name such as "main" or "feature/new-page", at most 200 bytes. Fails with invalid and one
    // plain sentence.
    static Result<GitRef> parse(std::string_view text);

    [[nodiscard]] const std::string& value() const { return value_; }

    friend bool operator==(const GitRef&, const GitRef&) = default;

  private:
    explicit GitRef(std::string value) : value_(std::move(value)) {}
    std::string value_;
};

// 40 (SHA-1) or 64 (SHA-256) hexadecimal digits: a whole hash, never an abbreviation.
[[nodiscard]] bool is_commit_hash(std::string_view text);

} // namespace panel
