#pragma once
// One request on its way through the API: what the middleware found out about it and what a handler works
// with. Lives in Api::handle's frame and so outlives every coroutine that it is passed to by reference. Loop
// thread only.

#include "api/services.hpp"
#include "api/settings.hpp"
#include "base/result.hpp"
#include "models/user.hpp"
#include "net/http_message.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace panel::api {

class Metrics;
class ResponseCache;
class SocketRegistry;
struct Route;

// What all requests share. Owned by Api.
struct ApiState {
    Services& services;
    const ApiSettings& settings;
    ResponseCache& cache;
    SocketRegistry& sockets;
    Metrics& metrics;
};

// The variable parts of a path, by the names of the route's pattern. Views into the request's path.
class PathParameters {
  public:
    void add(std::string_view name, std::string_view value);
    [[nodiscard]] std::string_view text(std::string_view name) const; // "" when the pattern has no such part
    [[nodiscard]] std::int64_t
    id(std::string_view name) const; // 0 when it is not a well-formed id: no row has it
    [[nodiscard]] bool ids_are_well_formed() const { return ids_are_well_formed_; }

  private:
    struct Part {
        std::string_view name;
        std::string_view value;
    };
    std::array<Part, 4> parts_{};
    std::size_t size_ = 0;
    bool ids_are_well_formed_ = true;
};

struct Context {
    ApiState& state;
    const net::Request& request;
    const Route* route = nullptr; // nullptr: no such path
    PathParameters path = {};
    Principal principal = {};
    std::string access_token = {}; // that the request was let in with, "" for an anonymous one
    bool by_cookie = false;        // the token came in the page's cookie
    std::string request_id = {};
    std::string client_address = {}; // of the visitor, as the trusted proxies tell it

    [[nodiscard]] Services& services() const { return state.services; }
    [[nodiscard]] std::int64_t id(std::string_view name) const { return path.id(name); }
    [[nodiscard]] std::string_view header(std::string_view name) const { return request.headers.get(name); }
};

} // namespace panel::api
