#include "support.hpp"

namespace panel::framework {
namespace {

using namespace testing;

std::string major_for_engines(const std::string& engines) {
    return plan_of({{"package.json",
                     R"({"scripts": {"start": "node a.js"}, "engines": {"node": ")" + engines + "\"}}"}})
        .runtime_version;
}

std::string major_for_file(const std::string& name, const std::string& text) {
    return plan_of({{"package.json", R"({"scripts": {"start": "node a.js"}})"}, {name, text}})
        .runtime_version;
}

} // namespace

TEST_CASE("engines are ranges, and the default is taken wherever it satisfies them") {
    CHECK(major_for_engines(">=18") == "24");
    CHECK(major_for_engines("20.x") == "20");
    CHECK(major_for_engines("20 || 22") == "22");
    CHECK(major_for_engines("<23") == "22");
    CHECK(major_for_engines("22.12.0") == "22");
    CHECK(major_for_engines("*") == "24");
}

TEST_CASE("pitfall 1: a code name, blanks and comments in .nvmrc are understood") {
    CHECK(major_for_file(".nvmrc", "lts/iron\n") == "20");
    CHECK(major_for_file(".nvmrc", "# pinned\n  lts/Jod  \r\n") == "22");
    CHECK(major_for_file(".nvmrc", "lts/*") == "24");
    CHECK(major_for_file(".nvmrc", "v22.12.0\n") == "22");
    CHECK(major_for_file(".node-version", "20\n") == "20");
    CHECK(major_for_file(".tool-versions", "python 3.12\nnodejs 22.3.0 20.1.0\n") == "22");
}

TEST_CASE("pitfall 3: a range over two majors is met by the newest release of one of them") {
    CHECK(major_for_engines("^20.19 || >=22.12") == "24");
    CHECK(major_for_engines("^20.19.0 || ^22.12.0") == "22");
}

TEST_CASE("pitfall 4: the default is a current long-term version") {
    CHECK(plan_of({{"package.json", R"({"scripts": {"start": "node a.js"}})"}}).runtime_version == "24");
}

TEST_CASE("pitfall 5: an odd version that was asked for is given") {
    CHECK(major_for_engines("23.x") == "23");
}

TEST_CASE("garbage and unknown versions fall back with a warning") {
    for (const char* text : {"banana", "99", "\x01\x02\xff", "^4"}) {
        const Plan plan =
            plan_of({{"package.json", R"({"scripts": {"start": "node a.js"}})"}, {".nvmrc", text}});
        CHECK(plan.runtime_version == "24");
        CHECK(plan.warnings.size() == 1);
    }
}

TEST_CASE("a version file inside the range of engines is the more exact wish, outside of it engines win") {
    const auto plan = [](const char* nvmrc) {
        return plan_of(
            {{"package.json", R"({"scripts": {"start": "node a.js"}, "engines": {"node": ">=20"}})"},
             {".nvmrc", nvmrc}});
    };
    CHECK(plan("22").runtime_version == "22");
    CHECK(plan("18").runtime_version == "24");
    CHECK(plan("18").warnings.size() == 1);
}

} // namespace panel::framework
