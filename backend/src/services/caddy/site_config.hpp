#pragma once
// One project's site as Caddyfile text. Pure, any thread. Rendered from strong types only (DomainName, ports,
// ids, checked paths): no value can hold a brace, quote, space or line break, so the text always has exactly
// the blocks that are written here. Needs Caddy 2.6.2 or newer.

#include "base/result.hpp"
#include "services/caddy/proxy_control.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace panel::caddy {

// What every site of this server shares. The paths are written into Caddyfiles: make() refuses any that Caddy
// would not take literally.
class SitePaths {
  public:
    struct Values {
        std::filesystem::path slots_directory;  // marker files, see slot_markers.hpp
        std::filesystem::path static_directory; // <static>/<project>/current is served
        std::filesystem::path log_directory;    // <log>/<project>.log, JSON lines, 10 MiB, 3 kept
        std::uint16_t app_port = 8088;          // plain http
        std::uint16_t probe_port =
            0; // https servers: plain http on 127.0.0.1 for probe(); 0: probe through app_port
        std::string probe_token; // 16 to 64 hexadecimal digits, random per panel
    };
    // Fails with invalid: a path that is relative or holds other characters than letters, digits, space and .
    // _ - + @ / ~ , = or a bad token.
    static Result<SitePaths> make(Values values);
    [[nodiscard]] const Values& values() const { return values_; }

  private:
    explicit SitePaths(Values values) : values_(std::move(values)) {}
    Values values_;
};

// A request with this header and the panel's token is told in the answer's header which slot it went to.
// Visitors never see either.
inline constexpr std::string_view probe_header = "X-Panel-Probe";
inline constexpr std::string_view slot_header = "X-Panel-Slot";

[[nodiscard]] std::string render_site(const Site& site, const SitePaths& paths);

} // namespace panel::caddy
