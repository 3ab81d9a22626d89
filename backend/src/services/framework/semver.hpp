#pragma once
// Versions and version ranges as npm writes them (node-semver's grammar): "^20.19 || >=22.12", "18.x", "1.2.3
// - 2". A prerelease tag is read and ignored: images carry releases only. Pure, any thread.

#include <compare>
#include <optional>
#include <string_view>
#include <vector>

namespace panel::framework {

struct Version {
    int major = 0;
    int minor = 0;
    int patch = 0;
    auto operator<=>(const Version&) const = default;
};

// "v1.2.3", "1.2", "22": missing parts count as 0. Nothing for anything else.
[[nodiscard]] std::optional<Version> parse_version(std::string_view text);

class VersionRange {
  public:
    // Nothing when the text is not a range ("latest", "workspace:*", garbage).
    static std::optional<VersionRange> parse(std::string_view text);

    [[nodiscard]] bool contains(const Version& version) const;
    // True when some version of that major satisfies the range.
    [[nodiscard]] bool meets_major(int major) const;
    // True when the newest version of that major satisfies it, whatever its number is.
    [[nodiscard]] bool contains_newest_of(int major) const;
    // The lowest version of the first alternative: "^2.4.0" -> 2.4.0.
    [[nodiscard]] Version lowest() const;
    // True for "*" and the empty range.
    [[nodiscard]] bool is_any() const;

  private:
    struct Span { // [from, to)
        Version from;
        Version to;
    };
    std::vector<Span> spans_;
};

} // namespace panel::framework
