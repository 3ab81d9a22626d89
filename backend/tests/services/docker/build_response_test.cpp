// Decoding the body of POST /build. The golden files hold records as Docker 20.10 sent them, a line "----",
// then the text expected.

#include "services/docker/build_response.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

using namespace panel;
using docker::BuildResponse;

namespace {

struct Golden {
    std::string records;
    std::string text;
};

Golden load(const std::string& name) {
    std::ifstream file(fmt::format("{}/services/docker/golden/{}.txt", PANEL_TESTS_DIR, name),
                       std::ios::binary);
    REQUIRE(file);
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    constexpr std::string_view separator = "\n----\n";
    const auto at = all.find(separator);
    REQUIRE(at != std::string::npos);
    return {all.substr(0, at + 1), all.substr(at + separator.size())};
}

struct Decoded {
    std::string text;
    Result<docker::BuildOutcome> outcome;
};

Decoded decode(std::string_view records, std::size_t chunk = std::string::npos) {
    BuildResponse response;
    std::string text;
    for (std::size_t at = 0; at < records.size(); at += std::min(chunk, records.size() - at)) {
        text += response.feed(records.substr(at, chunk));
    }
    text += response.finish();
    return {std::move(text), response.outcome()};
}

std::string stream_record(std::string_view text) { return fmt::format("{{\"stream\":\"{}\"}}\n", text); }

} // namespace

TEST_CASE("recorded builds read as expected, however their bytes are cut") {
    for (const auto* name : {"success", "cached", "failing-step", "parallel-stages", "bad-dockerfile",
                             "missing-file", "cancelled"}) {
        CAPTURE(name);
        const auto golden = load(name);
        CHECK(decode(golden.records).text == golden.text);
        CHECK(decode(golden.records, 1).text == golden.text);
        CHECK(decode(golden.records, 7).text == golden.text);
    }
}

TEST_CASE("a build that succeeded gives its image") {
    const auto outcome = decode(load("success").records).outcome;
    REQUIRE(outcome);
    CHECK(outcome->succeeded);
    CHECK(outcome->image_id == "sha256:bd38f694984c4e037f9e8ca588adf703e498ca5298063c88778530bfb67de936");
    CHECK(outcome->error.empty());
    CHECK_FALSE(outcome->exit_code);
}

TEST_CASE("a build that failed says the step and its exit code") {
    const auto outcome = decode(load("failing-step").records).outcome;
    REQUIRE(outcome);
    CHECK_FALSE(outcome->succeeded);
    CHECK(outcome->failed_step == "RUN echo before && echo \"Error: Cannot find module\" >&2 && exit 42");
    CHECK(outcome->exit_code == 42);
    CHECK(outcome->error.ends_with("exit code: 42"));
    CHECK(outcome->image_id.empty());
}

TEST_CASE("a missing file fails its COPY step without an exit code") {
    const auto outcome = decode(load("missing-file").records).outcome;
    REQUIRE(outcome);
    CHECK(outcome->failed_step == "COPY app/missing.txt /x");
    CHECK_FALSE(outcome->exit_code);
}

TEST_CASE("a Dockerfile that cannot be parsed fails without a step") {
    const auto outcome = decode(load("bad-dockerfile").records).outcome;
    REQUIRE(outcome);
    CHECK_FALSE(outcome->succeeded);
    CHECK(outcome->failed_step.empty());
    CHECK(outcome->error.ends_with("unknown instruction: RUNN"));
}

TEST_CASE("a cancelled step is not taken for one that was killed for memory") {
    const auto outcome = decode(load("cancelled").records).outcome;
    REQUIRE(outcome);
    CHECK_FALSE(outcome->succeeded);
    CHECK_FALSE(outcome->exit_code);
    CHECK(outcome->failed_step.empty());
}

TEST_CASE("records of the classic builder are read too") {
    const auto decoded = decode(
        stream_record("Step 1/2 : FROM scratch\\n") + stream_record("Step 2/2 : RUN exit 3\\n") +
        R"({"errorDetail":{"code":3,"message":"returned a non-zero code: 3"},"error":"returned a non-zero code: 3"})"
        "\r\n");
    CHECK(decoded.text ==
          "Step 1/2 : FROM scratch\nStep 2/2 : RUN exit 3\nERROR: returned a non-zero code: 3\n");
    REQUIRE(decoded.outcome);
    CHECK(decoded.outcome->failed_step == "RUN exit 3");
    CHECK(decoded.outcome->exit_code == 3);
    const auto good =
        decode("{\"aux\":{\"ID\":\"sha256:abc\"}}\r\n{\"stream\":\"Successfully built abc\\n\"}\r\n");
    REQUIRE(good.outcome);
    CHECK(good.outcome->image_id == "sha256:abc");
}

TEST_CASE("every prefix of a recorded build that lacks its end is broken off, never a success") {
    const auto records = load("success").records;
    const auto image = records.find("{\"id\":\"moby.image.id\"");
    REQUIRE(image != std::string::npos);
    const auto after_image = records.find('\n', image) + 1;
    for (std::size_t size = 0; size < records.size(); size += 13) {
        const auto outcome = decode(records.substr(0, size)).outcome;
        const bool ends_between_records = size == 0 || records[size - 1] == '\n' || records[size] == '\n';
        if (size >= after_image && ends_between_records) continue;
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == Code::unavailable);
    }
}

TEST_CASE("records that cannot be read are skipped") {
    const auto golden = load("success");
    const std::string noise =
        "not json\n{\"id\":\"moby.buildkit.trace\",\"aux\":\"%%%\"}\n"
        "{\"id\":\"moby.buildkit.trace\",\"aux\":\"/////w==\"}\n[1,2]\n{\"aux\":5,\"stream\":{}}\n\n{}\n";
    const auto decoded = decode(noise + golden.records + noise);
    CHECK(decoded.text == golden.text);
    REQUIRE(decoded.outcome);
    CHECK(decoded.outcome->succeeded);
}

TEST_CASE("a record beyond all measure is skipped without being kept") {
    BuildResponse response;
    CHECK(response.feed("{\"stream\":\"").empty());
    const std::string block(1024 * 1024, 'x');
    for (int i = 0; i < 64; ++i) CHECK(response.feed(block).empty());
    CHECK(response.feed("\"}\n{\"stream\":\"after\\n\"}\n") == "after\n");
}

TEST_CASE("a line of any length comes out cut, once, and the next line whole") {
    std::string records;
    for (int i = 0; i < 100; ++i) records += stream_record(std::string(10'000, 'x'));
    records += stream_record("\\nnext\\n");
    const auto text = decode(records).text;
    CHECK(text.size() < docker::line_limit_bytes + 100);
    CHECK(text.ends_with("x [line cut: it is longer than 16 KiB]\nnext\n"));
}

TEST_CASE("NUL, torn characters and half lines come out as whole lines of valid text") {
    CHECK(decode(stream_record("a\\u0000b\\nlast")).text == "a\xEF\xBF\xBD"
                                                            "b\nlast\n");
    std::string lines;
    docker::LineAssembler assembler;
    assembler.feed("\xC3", lines); // a character cut by a chunk
    assembler.feed("\xBC\xFF\xED\xA0\x80\n", lines);
    CHECK(lines == "\xC3\xBC\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\n");
}

TEST_CASE("the exit code is taken from the end of the sentence") {
    CHECK(docker::exit_code_of(
              "process \"/bin/sh -c echo exit code: 5\" did not complete successfully: exit code: 137") ==
          137);
    CHECK_FALSE(docker::exit_code_of("failed to compute cache key"));
    CHECK_FALSE(docker::exit_code_of("exit code: "));
    CHECK_FALSE(docker::exit_code_of("exit code: 99999999999999999999"));
}

TEST_CASE("base64 is decoded as RFC 4648 has it") {
    CHECK(docker::decode_base64("") == "");
    CHECK(docker::decode_base64("Zm8=") == "fo");
    CHECK(docker::decode_base64("Zm9vYg==") == "foob");
    CHECK(docker::decode_base64("Zm9vYmFy") == "foobar");
    CHECK_FALSE(docker::decode_base64("Zm9"));
    CHECK_FALSE(docker::decode_base64("Zm9v!A=="));
    CHECK_FALSE(docker::decode_base64("===="));
}
