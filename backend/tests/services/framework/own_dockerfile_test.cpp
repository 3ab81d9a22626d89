#include "services/framework/own_dockerfile.hpp"

#include <doctest/doctest.h>

namespace panel::framework {

TEST_CASE("build arguments are those that the Dockerfile declares") {
    CHECK(declared_build_arguments("ARG VERSION=1\nFROM x\nARG A B=2\n# ARG NO\nRUN echo ARG NO \\\n  ARG "
                                   "NO\narg lower\nARG VERSION\n") ==
          std::vector<std::string>{"VERSION", "A", "B", "lower"});
}

TEST_CASE("ports are those of the last stage") {
    CHECK(exposed_ports("FROM a\nEXPOSE 1\nFROM b\nEXPOSE 8080/tcp 9000\nEXPOSE 53/udp\n") ==
          std::vector<int>{8080, 9000});
    CHECK(exposed_ports("FROM a\nENV PORT 5000\nEXPOSE $PORT\n") == std::vector<int>{5000});
    CHECK(exposed_ports("FROM a\nARG P=70\nEXPOSE ${P}\nEXPOSE 99999 x 0\n") == std::vector<int>{70});
    CHECK(exposed_ports("FROM a\n").empty());
}

TEST_CASE("IN13: a frontend of the repository's own is refused however it is written") {
    for (const char* text :
         {"# syntax=evil.example.com/x\nFROM a\n", "#syntax = docker.io/evil/dockerfile:1\nFROM a\n",
          "# escape=`\n# SYNTAX=evil\nFROM a\n", "\xEF\xBB\xBF# syntax=evil\nFROM a\n",
          "// syntax=evil\nFROM a\n", "#!/usr/bin/env x\n# syntax=evil\nFROM a\n",
          "  # syntax=docker/dockerfile-upstream:1\nFROM a\n"})
        CHECK_MESSAGE(!check_own_dockerfile(text).has_value(), text);
    for (const char* text : {"# syntax=docker/dockerfile:1.7\nFROM a\n",
                             "# syntax=docker.io/docker/dockerfile@sha256:0\nFROM a\n",
                             "# a comment\n# syntax=evil is only a comment here\nFROM a\n", "from a\n"})
        CHECK_MESSAGE(check_own_dockerfile(text).has_value(), text);
    CHECK_FALSE(check_own_dockerfile("RUN id\n").has_value());
}

} // namespace panel::framework
