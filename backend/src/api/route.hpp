#pragma once
// One row of the route table. It has no default for anything that decides who may call: a row without an
// access rule does not compile. Constant data, any thread.

#include "api/endpoint.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace panel::api {

enum class Method { get, post, put, patch, delete_ };

// Who may call a route.
enum class Access {
    anonymous,  // anyone
    user,       // signed in; the services show each user what is theirs
    admin,      // signed in as administrator
    webhook,    // anyone with a valid signature, which the service checks
    operations, // this machine itself, or an administrator: for monitoring
};

// The route also answers without /api/v1 before it.
enum class Placement { below_base, also_at_root };

struct Route {
    static constexpr std::size_t max_query = 2;

    consteval Route(Method method, std::string_view pattern, Access access, int success,
                    std::string_view summary, Endpoint endpoint,
                    std::array<std::string_view, max_query> query = {},
                    Placement placement = Placement::below_base)
        : method(method),
          pattern(pattern),
          access(access),
          success(success),
          summary(summary),
          endpoint(endpoint),
          query(query),
          placement(placement) {}

    [[nodiscard]] constexpr bool has_parameters() const {
        return pattern.find('{') != std::string_view::npos;
    }
    [[nodiscard]] constexpr std::span<const std::string_view> query_names() const {
        std::size_t count = 0;
        while (count < max_query && !query[count].empty()) ++count;
        return std::span(query).first(count);
    }

    Method method;
    std::string_view
        pattern; // "/projects/{project_id}": below the base path; names that end in "_id" are ids
    Access access;
    int success; // status
    std::string_view summary;
    Endpoint endpoint;
    std::array<std::string_view, max_query> query; // names of the parameters it takes, "" for none
    Placement placement;
};

[[nodiscard]] std::string_view to_string(Method method); // "GET"

} // namespace panel::api
