#include "base/crash_point.hpp"

#ifndef PANEL_WITHOUT_CRASH_POINTS

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

using namespace panel;

namespace {

// Passes two points `times` times in a child under the given order; the signal that ended it, 0 for none.
int signal_of_child(const std::string& order, int times) {
    const auto child = ::fork();
    if (child == 0) {
        ::setenv("VPS_PANEL_CRASH_AT", order.c_str(), 1);
        for (int i = 0; i < times; ++i) {
            CRASH_POINT("test.child.before");
            CRASH_POINT("test.child.after");
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

} // namespace

TEST_CASE("a program knows the names of its crash points before it passes them") {
    const auto points = crash::points();
    CHECK(std::ranges::find(points, "test.child.before") != points.end());
    CHECK(std::ranges::is_sorted(points));
}

TEST_CASE("the process dies at the named point, at the passing that was asked for") {
    CHECK(signal_of_child("test.child.after", 1) == SIGKILL);
    CHECK(signal_of_child("test.child.before:3", 2) == 0);
    CHECK(signal_of_child("test.child.before:3", 3) == SIGKILL);
    CHECK(signal_of_child("test.child", 3) == 0);
}

TEST_CASE("an order in a file is carried out once") {
    const auto file = std::filesystem::temp_directory_path() / ("crash-order-" + std::to_string(::getpid()));
    CHECK(signal_of_child("@" + file.string(), 3) == 0);
    std::ofstream(file) << "test.child.after:2\n";
    CHECK(signal_of_child("@" + file.string(), 2) == SIGKILL);
    CHECK_FALSE(std::filesystem::exists(file));
    CHECK(signal_of_child("@" + file.string(), 2) == 0);
}

#endif
