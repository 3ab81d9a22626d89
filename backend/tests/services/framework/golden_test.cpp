// Golden files: golden/*.txt, one repository each. A line of dashes parts the input, the expected plan and
// the expected Dockerfile. In the input "@file path" starts a file, "@set field value" is what the user set,
// "@environment" says that there are build-time values. PANEL_UPDATE_GOLDEN=1 writes what was found into the
// files; read the difference before committing it.
#include "services/framework/detect.hpp"
#include "services/framework/dockerfile.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace panel::framework {
namespace {

constexpr std::string_view dashes = "----------\n";

struct Golden {
    std::string input;
    std::string plan;
    std::string dockerfile;
};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Golden split(const std::string& text) {
    Golden golden;
    const auto first = text.find(dashes);
    golden.input = text.substr(0, first);
    if (first == std::string::npos) return golden;
    const auto second = text.find(dashes, first + dashes.size());
    golden.plan = text.substr(first + dashes.size(),
                              second == std::string::npos ? second : second - first - dashes.size());
    if (second != std::string::npos) golden.dockerfile = text.substr(second + dashes.size());
    return golden;
}

struct Input {
    std::map<std::string, std::string, std::less<>> files;
    Overrides overrides;
    BuildInputs build{.cache_scope = "project-7"};
};

void set_override(Overrides& overrides, const std::string& field, const std::string& value) {
    if (field == "port")
        overrides.port = std::stoi(value);
    else if (field == "framework")
        overrides.framework = value;
    else if (field == "install_command")
        overrides.install_command = value;
    else if (field == "build_command")
        overrides.build_command = value;
    else if (field == "start_command")
        overrides.start_command = value;
    else if (field == "output_dir")
        overrides.output_dir = value;
    else if (field == "dockerfile_path")
        overrides.dockerfile_path = value;
    else if (field == "root_directory")
        overrides.root_directory = value;
    else
        FAIL("unknown field: " << field);
}

Input parse(const std::string& text) {
    Input input;
    std::istringstream lines(text);
    std::string line;
    std::string* file = nullptr;
    while (std::getline(lines, line)) {
        if (line.starts_with("@file ")) {
            file = &input.files[line.substr(6)];
        } else if (line.starts_with("@set ")) {
            const auto blank = line.find(' ', 5);
            set_override(input.overrides, line.substr(5, blank - 5), line.substr(blank + 1));
        } else if (line == "@environment") {
            input.build.has_build_environment = true;
        } else if (file != nullptr) {
            *file += line + "\n";
        }
    }
    return input;
}

Golden found_for(const Golden& golden) {
    Input input = parse(golden.input);
    const MemoryTree tree(std::move(input.files));
    Golden found{golden.input, {}, {}};
    const auto plan = detect(tree, input.overrides);
    found.plan = plan ? plan_json(*plan) : "error: " + plan.error().message + "\n";
    if (plan) {
        const auto dockerfile = render_dockerfile(*plan, input.build);
        found.dockerfile = dockerfile ? *dockerfile : "error: " + dockerfile.error().message + "\n";
    }
    return found;
}

} // namespace

TEST_CASE("every golden repository gets its plan and its Dockerfile") {
    const bool update = std::getenv("PANEL_UPDATE_GOLDEN") != nullptr;
    int count = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(PANEL_TESTS_DIR "/services/framework/golden")) {
        if (entry.path().extension() != ".txt") continue;
        ++count;
        CAPTURE(entry.path().filename().string());
        const Golden golden = split(read_file(entry.path()));
        const Golden found = found_for(golden);
        if (update) {
            std::ofstream(entry.path(), std::ios::binary)
                << found.input << dashes << found.plan << dashes << found.dockerfile;
        } else {
            CHECK(found.plan == golden.plan);
            CHECK(found.dockerfile == golden.dockerfile);
        }
    }
    CHECK(count >= 40);
}

} // namespace panel::framework
