#include "services/framework/command.hpp"

#include "services/framework/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace panel::framework {
namespace {

using Words = std::vector<std::string>;

bool is_assignment(std::string_view word) {
    const auto equals = word.find('=');
    return equals != word.npos && equals > 0 &&
           (std::isalpha(static_cast<unsigned char>(word[0])) != 0 || word[0] == '_') &&
           word.substr(0, equals).find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == word.npos;
}

bool is_operator(std::string_view word) {
    return word == "&&" || word == "||" || word == ";" || word == "|" || word == "&";
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> list) {
    return std::ranges::find(list, word) != list.end();
}

// Drops what stands before the program itself.
Words without_wrappers(Words words) {
    std::size_t at = 0;
    while (at < words.size()) {
        const std::string& word = words[at];
        if (is_assignment(word) || one_of(word, {"cross-env", "cross-env-shell", "env", "npx", "bunx", "exec",
                                                 "-y", "--yes", "--no-install"})) {
            ++at;
        } else if (at + 1 < words.size() && one_of(word, {"pnpm", "yarn", "npm", "bun"}) &&
                   one_of(words[at + 1], {"exec", "dlx", "x"})) {
            at += 2;
        } else if (one_of(word, {"dotenv", "dotenvx", "doppler", "env-cmd"})) {
            const auto dashes = std::ranges::find(words, "--");
            if (dashes == words.end()) break;
            at = static_cast<std::size_t>(dashes - words.begin()) + 1;
        } else {
            break;
        }
    }
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(at));
    return words;
}

struct DevelopmentServer {
    std::string_view program;
    std::string_view first_arguments; // separated by blanks; "." stands for none at all, "--" for any option,
                                      // "*" for anything
};

constexpr auto development_servers = std::to_array<DevelopmentServer>({
    {"vite", ". dev serve preview --"},
    {"next", ". dev --"},
    {"nuxt", ". dev preview --"},
    {"nuxi", ". dev preview"},
    {"astro", ". dev preview"},
    {"ng", "serve s dev"},
    {"react-scripts", "start"},
    {"react-app-rewired", "start"},
    {"craco", "start"},
    {"gatsby", "develop"},
    {"docusaurus", "start"},
    {"eleventy", "--serve --watch"},
    {"webpack", "serve watch --watch"},
    {"webpack-dev-server", "*"},
    {"vue-cli-service", "serve"},
    {"parcel", ". serve watch src index.html src/index.html"},
    {"expo", "start"},
    {"storybook", "dev"},
    {"start-storybook", "*"},
    {"nest", "start"},
    {"remix", "dev vite:dev"},
    {"react-router", "dev"},
    {"vinxi", "dev"},
    {"solid-start", "dev"},
    {"nitro", "dev"},
    {"nitropack", "dev"},
    {"vitepress", ". dev serve preview"},
    {"vuepress", "dev"},
    {"rsbuild", "dev preview"},
    {"rspack", "serve dev"},
    {"wrangler", "dev"},
    {"turbo", "dev watch"},
    {"nx", "serve"},
    {"strapi", "develop dev"},
    {"medusa", "develop"},
    {"hexo", "server s"},
    {"nodemon", "*"},
    {"ts-node-dev", "*"},
    {"tsnd", "*"},
    {"node-dev", "*"},
    {"live-server", "*"},
    {"browser-sync", "*"},
});

bool lists(std::string_view arguments, std::string_view first) {
    while (!arguments.empty()) {
        const auto end = std::min(arguments.find(' '), arguments.size());
        const auto argument = arguments.substr(0, end);
        if (argument == "*" || argument == first || (argument == "." && first.empty()) ||
            (argument == "--" && first.starts_with('-')))
            return true;
        arguments.remove_prefix(std::min(arguments.size(), end + 1));
    }
    return false;
}

bool is_development_part(const Words& part) {
    const Words words = without_wrappers(part);
    if (words.empty()) return false;
    const std::string program(file_name(words[0]));
    const std::string first = words.size() > 1 ? words[1] : "";
    if (one_of(program, {"node", "bun", "tsx", "deno"})) {
        return std::ranges::any_of(words, [](const std::string& w) {
            return w == "--watch" || w == "--hot" || w == "watch" || w.starts_with("--watch=") ||
                   w.starts_with("--watch-path");
        });
    }
    return std::ranges::any_of(development_servers, [&](const DevelopmentServer& server) {
        return server.program == program && lists(server.first_arguments, first);
    });
}

bool needs_shell(std::string_view command) {
    return command.find_first_of("$`*?~(){}[]<>\\#!\n\r'\"&|;") != command.npos;
}

} // namespace

std::vector<Words> command_parts(std::string_view command) {
    std::vector<Words> parts(1);
    for (auto& word : command_words(command)) {
        if (is_operator(word))
            parts.emplace_back();
        else
            parts.back().push_back(std::move(word));
    }
    std::erase_if(parts, [](const Words& part) { return part.empty(); });
    return parts;
}

std::vector<std::string> program_words(std::string_view command) {
    auto parts = command_parts(command);
    return parts.empty() ? Words{} : without_wrappers(std::move(parts.back()));
}

bool is_development_server(std::string_view command) {
    return std::ranges::any_of(command_parts(command), is_development_part);
}

bool is_file_server(std::string_view command) {
    const Words words = program_words(command);
    if (words.empty()) return false;
    if (one_of(words[0],
               {"serve", "http-server", "sirv", "static-server", "superstatic", "spa-http-server", "ws"}))
        return true;
    return words.size() > 1 && words[1] == "serve" && one_of(words[0], {"gatsby", "docusaurus"});
}

std::optional<int> port_in_command(std::string_view command) {
    const auto number = [](std::string_view text) -> std::optional<int> {
        int port = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
        if (error != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535)
            return std::nullopt;
        return port;
    };
    for (const Words& part : command_parts(command)) {
        for (std::size_t i = 0; i < part.size(); ++i) {
            const std::string_view word = part[i];
            if ((word == "-p" || word == "--port") && i + 1 < part.size())
                if (const auto port = number(part[i + 1])) return port;
            for (const std::string_view prefix : {"--port=", "-p=", "PORT="})
                if (word.starts_with(prefix))
                    if (const auto port = number(word.substr(prefix.size()))) return port;
        }
    }
    return std::nullopt;
}

std::optional<std::string> entry_in_command(std::string_view command) {
    const Words words = program_words(command);
    for (auto word = words.rbegin(); word != words.rend(); ++word)
        for (const std::string_view ending : {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx"})
            if (word->ends_with(ending) && is_plain_path(*word)) return join_path("", *word);
    return std::nullopt;
}

std::optional<std::string> resolve_script(const Manifest& manifest, std::string_view name) {
    std::string current(name);
    for (int depth = 0; depth < 5; ++depth) {
        const std::string* text = manifest.script(current);
        if (text == nullptr || manifest.script("pre" + current) != nullptr ||
            manifest.script("post" + current) != nullptr || !is_printable(*text))
            return std::nullopt;
        const Words words = command_words(*text);
        const bool calls_manager = words.size() >= 2 && one_of(words[0], {"npm", "pnpm", "yarn", "bun"});
        const bool has_run = words.size() == 3 && words[1] == "run";
        if (calls_manager && (has_run || words.size() == 2) && manifest.script(words.back()) != nullptr)
            current = words.back();
        else
            return std::string(trim(*text));
    }
    return std::nullopt;
}

std::vector<std::string> process_arguments(std::string_view command) {
    Words words = command_words(command);
    if (!words.empty() && !needs_shell(command) && !is_assignment(words[0]) &&
        !one_of(words[0], {"cd", "export", "exec", "."}))
        return words;
    std::string script(trim(command));
    std::size_t last = std::string::npos;
    bool other_operator = false;
    char quote = 0;
    for (std::size_t i = 0; i < script.size(); ++i) {
        const char c = script[i];
        if (quote != 0)
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '&' && i + 1 < script.size() && script[i + 1] == '&')
            last = i++ + 2;
        else if (c == '&' || c == '|' || c == ';' || c == '\n' || c == '(' || c == '{' || c == '#')
            other_operator = true;
    }
    if (!other_operator && quote == 0) {
        std::size_t at = script.find_first_not_of(' ', last == std::string::npos ? 0 : last);
        at = std::min(at, script.size());
        const Words tail = command_words(std::string_view(script).substr(at));
        if (!tail.empty() && is_assignment(tail[0]))
            script.insert(at, "exec env ");
        else if (!tail.empty() && !one_of(tail[0], {"exec", "cd", "export"}))
            script.insert(at, "exec ");
    }
    return {"/bin/sh", "-c", script};
}

} // namespace panel::framework
