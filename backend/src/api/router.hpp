#pragma once
// Finds the route of a request: by segments, without regular expressions and without decoding. A path that is
// written in any other way than the table's (trailing or double slash, percent-encoding, upper case,
// parameters after ';') is no route at all, so no two spellings can be decided differently. Immutable after
// construction, any thread.

#include "api/context.hpp"
#include "api/route.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace panel::api {

inline constexpr std::string_view base_path = "/api/v1";

struct RouteMatch {
    const Route* route = nullptr; // nullptr: no such path, or not with this method
    PathParameters path;
    std::string allow; // methods that the path has, when only the method is wrong
};

class Router {
  public:
    // The table must outlive the router. Throws std::logic_error when two rows answer the same calls: found
    // at start and by every test.
    explicit Router(std::span<const Route> table);

    // HEAD finds what GET does.
    [[nodiscard]] RouteMatch match(std::string_view method, std::string_view path) const;

  private:
    struct Pattern {
        const Route* route = nullptr;
        bool with_base = true;
        std::vector<std::string_view> segments; // "{name}" for a variable one
    };
    [[nodiscard]] static bool fits(const Pattern& pattern, std::span<const std::string_view> segments);

    std::vector<Pattern> patterns_;
};

} // namespace panel::api
