// Targets of engine calls: nothing that a name or value holds reaches beyond its place.

#include "services/docker/engine_target.hpp"

#include "services/docker/docker_engine.hpp"

#include <doctest/doctest.h>

using namespace panel::docker;

TEST_CASE("a build asks for BuildKit and encodes every value") {
    BuildRequest request;
    request.tag = "vps-panel/p3:d12";
    request.dockerfile = "panel/Dockerfile";
    request.build_id = "d12 &x=1";
    request.target = "build";
    request.no_cache = true;
    request.build_arguments = {{"A", "x&y=\"z\" \xC3\xBC"}};
    request.labels = {{"vps-panel.data", "d1"}};
    CHECK(build_target(request) == "/build?version=2&rm=1&dockerfile=panel%2FDockerfile&t=vps-panel%2Fp3%"
                                   "3Ad12&target=build&buildid=d12%20%26x%3D1"
                                   "&buildargs=%7B%22A%22%3A%22x%26y%3D%5C%22z%5C%22%20%C3%BC%22%7D"
                                   "&labels=%7B%22vps-panel.data%22%3A%22d1%22%7D&nocache=1");
}

TEST_CASE("what is not asked for is not in the query") {
    BuildRequest request;
    request.dockerfile = "Dockerfile";
    CHECK(build_target(request) == "/build?version=2&rm=1&dockerfile=Dockerfile");
}

TEST_CASE("names cannot climb or end a path") {
    CHECK(encode_segment("../json?x#y") == "..%2Fjson%3Fx%23y");
    CHECK(encode_segment("..") == "%2E%2E");
    CHECK(encode_reference("vps-panel/p3:d12") == "vps-panel/p3%3Ad12");
    CHECK(encode_reference("a/../b?c") == "a/%2E%2E/b%3Fc");
}
