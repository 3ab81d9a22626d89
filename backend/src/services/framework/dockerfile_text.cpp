#include "services/framework/dockerfile_text.hpp"

#include "services/framework/text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <cctype>

namespace panel::framework {
namespace {

// JSON escapes newlines, quotes and backslashes. "<<" is escaped as well: newer frontends look for
// here-documents in the raw line.
std::string json_text(std::string_view text) {
    std::string out = boost::json::serialize(boost::json::string(to_valid_utf8(text)));
    for (auto at = out.find("<<"); at != std::string::npos; at = out.find("<<", at))
        out.replace(at, 2, "<\\u003c");
    return out;
}

bool is_plain_value(std::string_view value) {
    return is_printable(value) && value.find_first_of("\"\\$'`") == value.npos;
}

} // namespace

std::string json_words(const std::vector<std::string>& words) {
    std::string out = "[";
    for (const std::string& word : words) out += (out.size() > 1 ? ", " : "") + json_text(word);
    return out + "]";
}

void DockerfileText::line(std::string_view keyword, std::string_view rest) {
    text_ += keyword;
    text_ += ' ';
    text_ += rest;
    text_ += '\n';
}

void DockerfileText::check_text(const std::string& text, std::string_view what) {
    if (problem_.empty() && text.find('\0') != std::string::npos)
        problem_ = std::string(what) + " holds a NUL character.";
}

void DockerfileText::check_path(const std::string& path) {
    const std::string_view below =
        path.starts_with('/') ? std::string_view(path).substr(1) : std::string_view(path);
    if (problem_.empty() && !is_plain_path(below))
        problem_ = "A path of this project has characters that a build cannot carry (quotes, wildcards, "
                   "control characters or ..).";
}

void DockerfileText::comment(std::string_view text) {
    if (is_printable(text)) line("#", text);
}

void DockerfileText::blank() { text_ += '\n'; }

void DockerfileText::from(std::string_view image, std::string_view stage) {
    const bool plain = std::ranges::all_of(image, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == ':' || c == '-' || c == '.' || c == '/' || c == '_';
    });
    if (problem_.empty() && (!plain || image.empty())) problem_ = "The base image has no valid name.";
    line("FROM", std::string(image) + (stage.empty() ? "" : " AS ") + std::string(stage));
}

void DockerfileText::environment(const std::vector<std::pair<std::string, std::string>>& variables) {
    std::string rest;
    for (const auto& [name, value] : variables) {
        const bool plain_name = !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '_';
        });
        if (problem_.empty() && (!plain_name || !is_plain_value(value)))
            problem_ = "A variable of the build has characters that a Dockerfile cannot carry.";
        rest += (rest.empty() ? "" : " ") + name + "=\"" + value + "\"";
    }
    if (!variables.empty()) line("ENV", rest);
}

void DockerfileText::work_directory(const std::string& path) {
    check_path(path);
    line("WORKDIR", "\"" + path + "\"");
}

void DockerfileText::copy(std::string_view options, const std::vector<std::string>& sources,
                          const std::string& target) {
    auto words = sources;
    words.push_back(target);
    for (const std::string& word : words) check_path(word);
    line("COPY", std::string(options) + (options.empty() ? "" : " ") + json_words(words));
}

void DockerfileText::run(const std::vector<std::string>& mounts, const std::vector<std::string>& arguments) {
    std::string rest;
    for (const std::string& mount : mounts) rest += "--mount=" + mount + " ";
    for (const std::string& argument : arguments) check_text(argument, "A command of the build");
    line("RUN", rest + json_words(arguments));
}

void DockerfileText::run_shell(const std::vector<std::string>& mounts, const std::string& script) {
    run(mounts, {"/bin/sh", "-c", script});
}

void DockerfileText::user(std::string_view name) { line("USER", name); }
void DockerfileText::expose(int port) { line("EXPOSE", std::to_string(port)); }
void DockerfileText::stop_signal(std::string_view name) { line("STOPSIGNAL", name); }

void DockerfileText::command(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments) check_text(argument, "The start command");
    line("CMD", json_words(arguments));
}

Result<std::string> DockerfileText::finish() const {
    if (!problem_.empty()) return fail(Code::invalid, problem_);
    return text_;
}

} // namespace panel::framework
