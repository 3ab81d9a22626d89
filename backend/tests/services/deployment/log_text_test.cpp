#include "services/deployment/log_text.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::deployment;

namespace {
const Timestamp noon = from_milliseconds(1'700'000'000'123);
const std::string stamp = "2023-11-14T22:13:20.123Z ";
} // namespace

TEST_CASE("each line gets its time, and a line that is not whole yet waits") {
    LogText text;
    CHECK(text.append(noon, "one\ntw") == stamp + "one\n");
    CHECK(text.append(noon, "o\n") == stamp + "two\n");
    CHECK(text.append(noon, "end").empty());
    CHECK(text.finish(noon) == stamp + "end\n");
    CHECK(text.lines() == 3);
}

TEST_CASE("a line of 100 MB is cut, says so, and is never held whole") {
    LogText text;
    const std::string piece(1 << 20, 'x');
    for (int i = 0; i < 100; ++i) CHECK(text.append(noon, piece).empty());
    const auto line = text.append(noon, "\nnext\n");
    CHECK(line.size() < LogText::line_limit + 200);
    CHECK(line.find("[104841216 more bytes of this line are not kept]") != std::string::npos);
    CHECK(line.ends_with(stamp + "next\n"));
}

TEST_CASE("bytes that are not text are replaced, so that the log is always valid UTF-8") {
    LogText text;
    CHECK(text.append(noon, std::string("a\0\xff z\n", 6)) == stamp + "a\xEF\xBF\xBD\xEF\xBF\xBD z\n");
}

TEST_CASE("the newest lines are remembered as people see them") {
    LogText text;
    (void)text.append(noon, "\x1b[31mError:\x1b[0m it\n 10%\r 50%\r100% done\r\n");
    REQUIRE(text.newest().size() == 2);
    CHECK(text.newest()[0].text == "Error: it");
    CHECK(text.newest()[1].text == "100% done");
    CHECK(text.newest()[1].number == 2);
    for (int i = 0; i < 1000; ++i) (void)text.append(noon, "line\n");
    CHECK(text.newest().size() == LogText::remembered_lines);
    CHECK(text.newest().back().number == 1002);
}

TEST_CASE("hyperlinks and other escapes are dropped from plain text") {
    CHECK(plain_text("\x1b]8;;https://example.com\x1b\\link\x1b]8;;\a here\x1b(B") == "link hereB");
}

TEST_CASE("times of a container engine are taken off, other text is left alone") {
    CHECK(without_times(
              "2026-01-31T09:05:00.123456789Z listening on 3000\n2026-01-31T09:05:00Z \nplain words\nend") ==
          "listening on 3000\n\nplain words\nend\n");
    CHECK(without_times("").empty());
}
