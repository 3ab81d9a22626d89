#pragma once
// Named places at which a test lets the program die, to see that what is left behind is taken up again:
// CRASH_POINT("deploy.clone.fetched") marks one, by area, what and when. VPS_PANEL_CRASH_AT=name[:n] kills
// this process by SIGKILL at the n-th passing (default 1); VPS_PANEL_CRASH_AT=@FILE reads name[:n] from FILE
// while it runs and removes FILE before the kill, so that the next start goes on. Without the variable a
// passing costs one test. Any thread. Programs for users hold neither points nor names: CMake option
// PANEL_CRASH_POINTS.

#ifdef PANEL_WITHOUT_CRASH_POINTS

#define CRASH_POINT(name) static_cast<void>(0)

#else

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#define CRASH_POINT(name) ::panel::crash::pass<name>()

namespace panel::crash {

template <std::size_t size> struct Name {
    char text[size];
    consteval Name(const char (&given)[size]) {
        std::copy_n(given, size, text);
    } // NOLINT: implicit, as in pass<"a">
};

// Before main, once for each name. Returns true.
bool enlist(std::string_view name);
// Kills the process if this passing is the one that was asked for.
void passed(std::string_view name);
// All names of this program, sorted.
[[nodiscard]] std::vector<std::string_view> points();

template <Name name> struct Point {
    static inline const bool enlisted = enlist(name.text);
};

template <Name name> void pass() {
    if (Point<name>::enlisted) passed(name.text);
}

} // namespace panel::crash

#endif
