#include "services/git/progress_lines.hpp"

#include <doctest/doctest.h>

using panel::git::ProgressLines;
using Lines = std::vector<std::string>;

TEST_CASE("progress of a fetch comes as clean lines, moving counts at most every two seconds") {
    ProgressLines lines;
    std::chrono::steady_clock::time_point now{std::chrono::hours{1}};
    CHECK(lines.put("remote: Enumerating objects: 5, ", now).empty());
    CHECK(lines.put("done.        \x1b[K\n", now) == Lines{"remote: Enumerating objects: 5, done."});
    CHECK(lines.put("Receiving objects:  20% (1/5)\rReceiving objects:  40% (2/5)\r", now) ==
          Lines{"Receiving objects:  20% (1/5)"});
    now += std::chrono::seconds{2};
    CHECK(lines.put("Receiving objects:  60% (3/5)\r", now) == Lines{"Receiving objects:  60% (3/5)"});
    CHECK(lines.put("Receiving objects: 100% (5/5), done.\n", now) ==
          Lines{"Receiving objects: 100% (5/5), done."});
    CHECK(lines.put("From https://git.example.com/a\n * branch main -> FETCH_HEAD\n", now).empty());
    CHECK(lines.put("remote: \xff\n", now) == Lines{"remote: \xef\xbf\xbd"});
    CHECK(lines.tail().contains("From https://git.example.com/a"));
    CHECK(lines.put(std::string(100'000, 'x'), now).empty());
    CHECK(lines.tail().size() == 16 * 1024);
}
