// IN11, IN12: whatever a repository or a user writes, the Dockerfile keeps its instructions. The oracle
// counts them by a reader of its own, which knows nothing of the writer.
#include "support.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <set>

namespace panel::framework {
namespace {

using namespace testing;

const std::vector<std::string> payloads{
    "\nRUN touch /pwned\n",
    "\r\nUSER root\r\n",
    "\"]\nRUN [\"id",
    "\\\nUSER root",
    "a\\",
    "\xE2\x80\xA8RUN id", // line separator
    "\xC2\x85RUN id",     // next line
    "\v\fRUN id",
    "'; RUN id #",
    "$(id) `id` ${PATH} $PATH",
    "<<EOF\nRUN id\nEOF",
    "# syntax=evil.example.com/frontend",
    "--mount=type=bind,from=evil,target=/x",
    "--privileged",
    "\xff\xfe\x80",
    "*?[a-z]",
    "../../../etc/passwd",
    "\xD8\x00\xDC\x00",
    "{{ .Env }} %0aRUN",
    std::string(4000, 'A'),
};

std::string quoted(const std::string& text) { return boost::json::serialize(boost::json::string(text)); }

// The keyword of each instruction; "?" for a line that is none, which fails the comparison.
std::vector<std::string> keywords(const std::string& dockerfile) {
    static const std::set<std::string> known{"FROM", "ENV",    "WORKDIR",    "COPY", "RUN",
                                             "USER", "EXPOSE", "STOPSIGNAL", "CMD"};
    std::vector<std::string> list;
    std::string line;
    for (const char c : dockerfile + "\n") {
        if (c != '\n' && c != '\r') {
            line += c;
            continue;
        }
        if (!line.empty() && line[0] != '#') {
            const std::string keyword = line.substr(0, line.find(' '));
            list.push_back(known.contains(keyword) && line.back() != '\\' && c == '\n' ? keyword : "?");
        }
        line.clear();
    }
    return list;
}

std::string manifest_with(const std::string& value) {
    const std::string text = quoted(value);
    return R"({"name": )" + text + R"(, "main": )" + text + R"(, "packageManager": )" + text +
           R"(, "engines": {"node": )" + text + R"(, "pnpm": )" + text + R"(}, "volta": {"node": )" + text +
           R"(}, "scripts": {"build": )" + text + R"(, "start": )" + quoted("node server.js " + value) +
           R"(}, "dependencies": {"express": )" + text + ", " + text + ": " + text + R"(}})";
}

} // namespace

TEST_CASE("IN12: no value of a hostile package.json adds an instruction") {
    // A name or version with a slash is a git dependency, which rightly adds the step that installs git: same
    // for the harmless one.
    for (const std::string& payload : payloads) {
        CAPTURE(payload);
        const std::string harmless = payload.find('/') == std::string::npos ? "harmless" : "harm/less";
        const auto expected =
            keywords(dockerfile_of(plan_of({{"package.json", manifest_with(harmless)}, {"server.js", ""}})));
        const auto plan =
            detected({{"package.json", manifest_with(payload)}, {"server.js", ""}, {".nvmrc", payload}});
        REQUIRE(plan.has_value());
        const std::string text = dockerfile_of(*plan);
        CHECK(keywords(text) == expected);
        CHECK_FALSE(contains(text, "\nRUN touch"));
        CHECK(contains(plan_json(*plan), "\"framework\": \"express\""));
    }
}

TEST_CASE("IN11: no command or directory that a user sets adds an instruction") {
    const Files files{
        {"package.json",
         R"({"dependencies": {"express": "4"}, "scripts": {"start": "node a.js", "build": "b"}})"}};
    const Overrides harmless{.install_command = "a", .build_command = "b", .start_command = "c"};
    const auto expected = keywords(dockerfile_of(plan_of(files, harmless), true));
    for (const std::string& payload : payloads) {
        CAPTURE(payload);
        const Overrides hostile{
            .install_command = payload, .build_command = payload, .start_command = payload};
        CHECK(keywords(dockerfile_of(plan_of(files, hostile), true)) == expected);
        for (const Overrides& directory :
             {Overrides{.output_dir = payload}, Overrides{.root_directory = payload}}) {
            const auto plan = detected(files, directory);
            if (!plan) continue;
            const auto text =
                render_dockerfile(*plan, {.has_build_environment = true, .cache_scope = payload});
            if (text) {
                for (const auto& keyword : keywords(*text)) CHECK(keyword != "?");
                CHECK_FALSE(contains(*text, "\nRUN touch"));
            }
        }
    }
}

TEST_CASE("a hostile cache scope stays one word of a mount") {
    const Plan plan = plan_of({{"package.json", R"({"scripts": {"start": "node a.js"}})"}});
    const auto text = render_dockerfile(plan, {.cache_scope = "a,target=/etc b\nRUN id"});
    REQUIRE(text.has_value());
    CHECK(contains(*text, "id=panel-a-target--etc-b-RUN-id-npm,target=/root/.npm"));
}

TEST_CASE("hostile configuration files give no path outside of the project") {
    for (const std::string& payload : payloads) {
        const auto plan = detected(
            {{"package.json", R"({"devDependencies": {"vite": "7"}, "scripts": {"build": "vite build"}})"},
             {"vite.config.js",
              "export default { build: { outDir: '" + payload + "' }, root: '" + payload + "' }"}});
        REQUIRE(plan.has_value());
        CHECK_FALSE(plan->output_dir.value_or("").starts_with(".."));
        CHECK(render_dockerfile(*plan, {}).has_value());
    }
    const Plan outside = plan_of({{"package.json", R"({"devDependencies": {"vite": "7"}})"},
                                  {"vite.config.js", "export default { build: { outDir: '../../etc' } }"}});
    CHECK(outside.output_dir == "dist");
    CHECK(outside.warnings.size() == 1);
}

TEST_CASE("manifests that cannot be read are refused in one sentence") {
    for (const std::string& text :
         {std::string("{"), std::string("[]"), std::string(""), std::string(200'000, '['),
          std::string("{\"a\":1} trailing"), std::string("\0\0\0", 3)}) {
        const auto plan = detected({{"package.json", text}});
        REQUIRE_FALSE(plan.has_value());
        CHECK(plan.error().code == Code::invalid);
        CHECK(contains(plan.error().message, "package.json"));
    }
    CHECK(detected({{"package.json", "{\"a\":\"" + std::string(3 << 20, 'x') + "\"}"}}).error().code ==
          Code::invalid);
}

TEST_CASE("a byte order mark, comments, trailing commas and stray bytes in a manifest do no harm") {
    const Plan plan = plan_of(
        {{"package.json",
          "\xEF\xBB\xBF{ // comment\n \"name\": \"caf\xE9\", \"scripts\": {\"start\": \"node a.js\",}, }"}});
    CHECK(plan.start_command == "npm run start");
}

TEST_CASE("workspace patterns full of stars end") {
    const std::string stars(190, '*');
    Files files{
        {"package.json", R"({"workspaces": [")" + stars +
                             R"(", "**/**/**/**/**/**", "packages/*"], "scripts": {"start": "node a.js"}})"}};
    for (int i = 0; i < 300; ++i) files["packages/p" + std::to_string(i) + "/package.json"] = "{}";
    const Plan plan = plan_of(files);
    CHECK(plan.recipe.copy_sources_first);
    CHECK(plan.recipe.manifests.empty());
}

} // namespace panel::framework
