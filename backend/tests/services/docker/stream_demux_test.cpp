// Container logs: frames of stdout and stderr to lines.

#include "services/docker/stream_demux.hpp"

#include <doctest/doctest.h>

#include <string_view>

using panel::docker::StreamDemux;

namespace {

std::string frame(char stream, std::string_view payload) {
    const auto size = payload.size();
    std::string bytes{stream, '\0', '\0', '\0'};
    for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>((size >> shift) & 0xFFU);
    return bytes + std::string(payload);
}

const std::string recorded = frame(1, "out one\nout ") + frame(2, "err one\n") + frame(1, "two\n") +
                             frame(2, "") + frame(2, "last without end");

} // namespace

TEST_CASE("frames become the same lines however the stream is cut") {
    const std::string expected = "out one\nerr one\nout two\nlast without end\n";
    for (std::size_t first = 0; first <= recorded.size(); ++first) {
        for (std::size_t second = first; second <= recorded.size(); second += 3) {
            StreamDemux demux;
            auto text = demux.feed(recorded.substr(0, first));
            text += demux.feed(recorded.substr(first, second - first));
            text += demux.feed(recorded.substr(second));
            text += demux.finish();
            REQUIRE(text == expected);
            REQUIRE_FALSE(demux.is_broken());
        }
    }
}

TEST_CASE("bytes that are no frames are told apart") {
    StreamDemux demux;
    CHECK(demux.feed("plain text from a terminal\n").empty());
    CHECK(demux.is_broken());
    CHECK(demux.feed(frame(1, "later\n")).empty());
}

TEST_CASE("a frame that announces 4 GiB holds no memory for it") {
    StreamDemux demux;
    std::string header{1, 0, 0, 0, '\xFF', '\xFF', '\xFF', '\xFF'};
    CHECK(demux.feed(header + "line\n") == "line\n");
    const std::string block(1024 * 1024, 'y');
    std::size_t printed = 0;
    for (int i = 0; i < 50; ++i) printed += demux.feed(block).size();
    CHECK(printed < 20 * 1024);
}
