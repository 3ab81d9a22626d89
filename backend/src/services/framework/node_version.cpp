#include "services/framework/node_version.hpp"

#include "services/framework/semver.hpp"
#include "services/framework/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace panel::framework {
namespace {

// In order of preference: the default, then other long-term majors from new to old, then the short-lived odd
// ones.
constexpr std::array majors{default_node_major, 26, 22, 20, 18, 16, 25, 23, 21, 19};

struct Codename {
    std::string_view name;
    int major;
};
constexpr std::array codenames{Codename{"gallium", 16}, Codename{"hydrogen", 18}, Codename{"iron", 20},
                               Codename{"jod", 22}, Codename{"krypton", 24}};

struct Wish {
    int major = 0;
    std::string text;
    std::string file;
    std::string source;
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

std::optional<int> major_for(std::string_view text) {
    const std::string wish = lower(trim(text));
    if (wish == "lts/*" || wish == "lts" || wish == "node" || wish == "stable" || wish == "latest" ||
        wish == "current")
        return default_node_major;
    if (wish.starts_with("lts/"))
        for (const Codename& codename : codenames)
            if (wish.substr(4) == codename.name) return codename.major;
    const auto range = VersionRange::parse(wish);
    if (!range) return std::nullopt;
    for (const int major : majors)
        if (range->contains_newest_of(major)) return major;
    for (const int major : majors) // an exact release: the image holds the newest of the same major
        if (range->meets_major(major)) return major;
    return std::nullopt;
}

// The first line that is not a comment, bounded: these files hold one short word.
std::string_view first_line(std::string_view text) {
    for (const auto line : lines_of(text.substr(0, 1024)))
        if (const auto word = trim(line.substr(0, line.find('#'))); !word.empty()) return word;
    return {};
}

std::string_view tool_version(std::string_view text) {
    for (const auto line : lines_of(text.substr(0, 8192)))
        for (const std::string_view tool : {"nodejs ", "node "})
            if (const auto entry = trim(line); entry.starts_with(tool)) {
                const auto rest = trim(entry.substr(tool.size()));
                return rest.substr(0, rest.find(' '));
            }
    return {};
}

std::vector<Wish> wishes_of(const SubTree& tree, const std::vector<const Manifest*>& manifests) {
    std::vector<Wish> wishes;
    for (const Manifest* manifest : manifests)
        if (const auto found = manifest->engines.find("node"); found != manifest->engines.end()) {
            wishes.push_back({0, found->second, manifest->path, "config"});
            break;
        }
    for (const std::string_view name : {".nvmrc", ".node-version", ".tool-versions"})
        if (const auto path = tree.nearest(name))
            if (const auto text = tree.whole().read(*path)) {
                const std::string clean = to_valid_utf8(std::string_view(*text).substr(0, 8192));
                const auto word = name == ".tool-versions" ? tool_version(clean) : first_line(clean);
                if (!word.empty()) wishes.push_back({0, std::string(word.substr(0, 64)), *path, "file"});
            }
    for (const Manifest* manifest : manifests)
        if (!manifest->volta_node.empty())
            wishes.push_back({0, manifest->volta_node, manifest->path, "config"});
    return wishes;
}

} // namespace

void choose_node_version(const SubTree& tree, const std::vector<const Manifest*>& manifests, Plan& plan) {
    auto wishes = wishes_of(tree, manifests);
    for (Wish& wish : wishes) {
        if (const auto major = major_for(wish.text))
            wish.major = *major;
        else
            plan.warnings.push_back(wish.file +
                                    " asks for a Node version that is not known here; it is passed over.");
    }
    std::erase_if(wishes, [](const Wish& wish) { return wish.major == 0; });
    if (wishes.empty()) {
        plan.runtime_version = std::to_string(default_node_major);
        plan.note("runtime_version", plan.runtime_version, "default", "",
                  "the repository names no Node version");
        return;
    }
    // A range in engines leaves room: a version file inside it is the more exact wish.
    const Wish* chosen = &wishes.front();
    if (wishes.size() > 1) {
        const auto range = VersionRange::parse(chosen->text);
        if (range && range->meets_major(wishes[1].major))
            chosen = &wishes[1];
        else if (wishes[1].major != chosen->major)
            plan.warnings.push_back(chosen->file + " and " + wishes[1].file +
                                    " ask for different Node versions; " + chosen->file + " is followed.");
    }
    plan.runtime_version = std::to_string(chosen->major);
    plan.note("runtime_version", plan.runtime_version, chosen->source, chosen->file,
              "asks for " + chosen->text);
}

} // namespace panel::framework
