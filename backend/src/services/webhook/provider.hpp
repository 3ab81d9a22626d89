#pragma once
// The four git servers whose webhooks are understood, and one delivery as it came in. Plain data.

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace panel::webhook {

enum class Provider { github, gitlab, gitea, bitbucket };

inline constexpr std::array provider_names{
    std::pair{Provider::github, std::string_view{"github"}},
    std::pair{Provider::gitlab, std::string_view{"gitlab"}},
    std::pair{Provider::gitea, std::string_view{"gitea"}},
    std::pair{Provider::bitbucket, std::string_view{"bitbucket"}},
};

[[nodiscard]] constexpr std::string_view to_string(Provider provider) {
    for (const auto& [value, name] : provider_names)
        if (value == provider) return name;
    return {};
}

[[nodiscard]] constexpr std::optional<Provider> parse_provider(std::string_view text) {
    for (const auto& [value, name] : provider_names)
        if (name == text) return value;
    return std::nullopt;
}

struct Delivery {
    std::map<std::string, std::string, std::less<>> headers; // names in lower case
    std::string body;                                        // the bytes as received

    [[nodiscard]] std::string_view header(std::string_view name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view{} : std::string_view(found->second);
    }
};

} // namespace panel::webhook
