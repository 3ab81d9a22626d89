#include "services/framework/environment_example.hpp"

#include "services/framework/text.hpp"

#include <algorithm>
#include <cctype>

namespace panel::framework {
namespace {

bool is_key(std::string_view text) {
    if (text.empty() || text.size() > 128 || std::isdigit(static_cast<unsigned char>(text[0])) != 0)
        return false;
    return std::ranges::all_of(
        text, [](unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '_'); });
}

} // namespace

std::vector<std::string> environment_keys(std::string_view example) {
    std::vector<std::string> keys;
    char quote = 0; // inside a value of several lines
    for (std::string_view line : lines_of(example)) {
        if (quote != 0) {
            if (line.find(quote) != line.npos) quote = 0;
            continue;
        }
        line = trim(line);
        if (line.starts_with("export ")) line = trim(line.substr(7));
        const auto equals = line.find('=');
        const auto key = trim(line.substr(0, equals));
        if (equals == line.npos || !is_key(key)) continue;
        const auto value = trim(line.substr(equals + 1));
        if (!value.empty() && (value[0] == '"' || value[0] == '\'') && value.find(value[0], 1) == value.npos)
            quote = value[0];
        if (std::ranges::find(keys, key) == keys.end() && keys.size() < 200) keys.emplace_back(key);
    }
    return keys;
}

std::vector<std::string> read_environment_keys(const FileTree& tree, std::string& file) {
    for (const std::string_view name :
         {".env.example", ".env.sample", ".env.template", ".env.dist", ".env.local.example", ".env.defaults",
          "env.example", "example.env", "sample.env"})
        if (const auto text = tree.read(name)) {
            file = name;
            return environment_keys(*text);
        }
    return {};
}

} // namespace panel::framework
