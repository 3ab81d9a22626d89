#include "services/framework/own_dockerfile.hpp"

#include "services/framework/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>

namespace panel::framework {
namespace {

std::string changed_case(std::string_view text, int (*change)(int)) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [&](unsigned char c) { return static_cast<char>(change(c)); });
    return out;
}

struct Directive {
    std::string name; // lower case
    std::string value;
};

// "# name = value", which only counts before everything else.
std::optional<Directive> directive_of(std::string_view line) {
    line = trim(line);
    std::size_t mark = line.starts_with('#') ? 1 : line.starts_with("//") ? 2 : 0;
    if (mark == 0) return std::nullopt;
    line = trim(line.substr(mark));
    const auto equals = line.find('=');
    if (equals == line.npos) return std::nullopt;
    const auto name = trim(line.substr(0, equals));
    const bool is_name =
        !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return std::isalpha(c) != 0; });
    if (!is_name) return std::nullopt;
    return Directive{changed_case(name, std::tolower), std::string(trim(line.substr(equals + 1)))};
}

std::vector<Directive> directives_of(std::string_view dockerfile) {
    std::vector<Directive> directives;
    if (dockerfile.starts_with("\xEF\xBB\xBF")) dockerfile.remove_prefix(3);
    auto lines = lines_of(dockerfile);
    if (!lines.empty() && lines[0].starts_with("#!")) lines.erase(lines.begin());
    for (const auto line : lines) {
        auto directive = directive_of(line);
        if (!directive) break;
        directives.push_back(std::move(*directive));
    }
    return directives;
}

std::vector<std::string_view> blank_separated(std::string_view text) {
    std::vector<std::string_view> words;
    while (!(text = trim(text)).empty()) {
        const auto end = std::min(text.find_first_of(" \t"), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

} // namespace

std::vector<DockerfileInstruction> dockerfile_instructions(std::string_view dockerfile) {
    char escape = '\\';
    for (const Directive& directive : directives_of(dockerfile))
        if (directive.name == "escape" && directive.value == "`") escape = '`';
    std::vector<DockerfileInstruction> instructions;
    std::string pending;
    const auto flush = [&] {
        const auto text = trim(pending);
        const auto end = std::min(text.find_first_of(" \t"), text.size());
        if (!text.empty())
            instructions.push_back(
                {changed_case(text.substr(0, end), std::toupper), std::string(trim(text.substr(end)))});
        pending.clear();
    };
    for (const std::string_view line : lines_of(dockerfile)) {
        auto text = trim(line);
        if (text.starts_with("\xEF\xBB\xBF")) text = trim(text.substr(3));
        if (text.empty() || text.starts_with('#')) continue; // also between continued lines
        const bool continues = text.back() == escape;
        if (continues) text.remove_suffix(1);
        pending += text;
        pending += ' ';
        if (!continues) flush();
    }
    flush();
    return instructions;
}

std::vector<std::string> declared_build_arguments(std::string_view dockerfile) {
    std::vector<std::string> names;
    for (const auto& instruction : dockerfile_instructions(dockerfile)) {
        if (instruction.keyword != "ARG") continue;
        for (const auto word : blank_separated(instruction.arguments)) {
            const std::string name(word.substr(0, word.find('=')));
            if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
    }
    return names;
}

std::vector<int> exposed_ports(std::string_view dockerfile) {
    std::vector<int> ports;
    std::map<std::string, std::string, std::less<>> defaults; // of ARG and ENV: EXPOSE $PORT is common
    for (const auto& instruction : dockerfile_instructions(dockerfile)) {
        const auto words = blank_separated(instruction.arguments);
        if (instruction.keyword == "FROM") ports.clear();
        if (instruction.keyword == "ENV" && words.size() == 2 && words[0].find('=') == words[0].npos)
            defaults[std::string(words[0])] = words[1];
        for (auto word : words) {
            if (instruction.keyword == "ARG" || instruction.keyword == "ENV") {
                if (const auto equals = word.find('='); equals != word.npos)
                    defaults[std::string(word.substr(0, equals))] = word.substr(equals + 1);
            } else if (instruction.keyword == "EXPOSE") {
                if (word.ends_with("/udp")) continue;
                word = word.substr(0, word.find('/'));
                if (word.starts_with('$')) {
                    auto name = word.substr(1);
                    if (name.starts_with('{')) name = name.substr(1, name.find_first_of(":}") - 1);
                    const auto found = defaults.find(name);
                    word = found == defaults.end() ? std::string_view{} : std::string_view(found->second);
                }
                int port = 0;
                const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
                if (error == std::errc{} && port >= 1 && port <= 65535 &&
                    (end == word.data() + word.size() || *end == '-'))
                    ports.push_back(port);
            }
        }
    }
    return ports;
}

Result<void> check_own_dockerfile(std::string_view dockerfile) {
    for (const Directive& directive : directives_of(dockerfile)) {
        if (directive.name != "syntax") continue;
        std::string_view image = directive.value;
        if (image.starts_with("docker.io/")) image.remove_prefix(10);
        const auto name = image.substr(0, image.find_first_of(":@"));
        if (name != "docker/dockerfile")
            return fail(Code::invalid, "The Dockerfile asks for a build frontend of its own (# syntax=), "
                                       "which is not allowed here.");
    }
    const auto instructions = dockerfile_instructions(dockerfile);
    if (std::ranges::none_of(instructions, [](const auto& i) { return i.keyword == "FROM"; }))
        return fail(Code::invalid, "The Dockerfile has no FROM instruction.");
    return {};
}

} // namespace panel::framework
