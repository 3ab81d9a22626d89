#include "services/framework/project.hpp"

#include "services/framework/semver.hpp"
#include "services/framework/text.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace panel::framework {
namespace {

constexpr std::size_t most_members = 200;
constexpr int deepest_member = 4;

std::string at(std::string_view directory, std::string_view name) {
    return directory.empty() ? std::string(name) : std::string(directory) + '/' + std::string(name);
}

// yaml-cpp throws, and expands aliases without a limit: a file with an anchor or of great size is not for it.
std::vector<std::string> yaml_packages(const std::string& text) {
    std::vector<std::string> patterns;
    if (text.size() > 64 * 1024 || text.find('&') != std::string::npos) return patterns;
    try {
        const YAML::Node root = YAML::Load(to_valid_utf8(text));
        if (!root.IsMap() || !root["packages"] || !root["packages"].IsSequence()) return patterns;
        for (const auto& item : root["packages"])
            if (item.IsScalar()) patterns.push_back(item.as<std::string>());
    } catch (const YAML::Exception&) {
        patterns.clear(); // a broken workspace file declares nothing; the package manager will say what is
                          // wrong with it
    }
    return patterns;
}

bool is_sane_pattern(std::string_view pattern) {
    return pattern.size() <= 200 && std::ranges::count(pattern, '*') <= 6;
}

bool is_member(const std::vector<std::string>& patterns, std::string_view path) {
    bool member = false;
    for (const std::string& written : patterns) {
        std::string_view pattern = written;
        const bool excludes = pattern.starts_with('!');
        if (excludes) pattern.remove_prefix(1);
        if (pattern.starts_with("./")) pattern.remove_prefix(2);
        if (pattern.ends_with('/')) pattern.remove_suffix(1);
        if (is_sane_pattern(pattern) && matches_glob(pattern, path)) member = !excludes;
    }
    return member;
}

struct Walk {
    const FileTree& tree;
    std::string root;
    const std::vector<std::string>& patterns;
    std::vector<std::string> members{};
    bool complete = true;

    void visit(const std::string& below, int depth) {
        for (const Entry& entry : tree.list(at(root, below))) {
            if (entry.kind != EntryKind::directory || entry.name == "node_modules" ||
                entry.name.starts_with('.'))
                continue;
            const std::string path = at(below, entry.name);
            if (!may_lead_to_member(path)) continue;
            if (is_member(patterns, path) && tree.exists(at(at(root, path), "package.json"))) {
                if (members.size() >= most_members) {
                    complete = false;
                    return;
                }
                members.push_back(at(root, path));
            }
            if (depth < deepest_member) visit(path, depth + 1);
        }
    }

    // Only directories that some pattern names or leads through are listed.
    bool may_lead_to_member(std::string_view path) const {
        return std::ranges::any_of(patterns, [&](std::string_view pattern) {
            if (pattern.starts_with("./")) pattern.remove_prefix(2);
            while (!path.empty() && !pattern.empty()) {
                const auto piece = pattern.substr(0, pattern.find('/'));
                const auto name = path.substr(0, path.find('/'));
                if (piece == "**") return true;
                if (!is_sane_pattern(piece) || !matches_glob(piece, name)) return false;
                pattern.remove_prefix(std::min(pattern.size(), piece.size() + 1));
                path.remove_prefix(std::min(path.size(), name.size() + 1));
            }
            return path.empty();
        });
    }
};

// Looks for a parent directory whose workspace has this project as a member.
void find_workspace(Project& project) {
    const SubTree& tree = *project.tree;
    project.workspace_directory = tree.directory();
    for (const std::string& directory : tree.directories_upwards()) {
        const bool own = directory == tree.directory();
        const auto text = own ? std::nullopt : tree.whole().read(at(directory, "package.json"));
        auto parent = text ? parse_manifest(*text, at(directory, "package.json")) : fail(Code::not_found, "");
        if (!own && !parent) continue;
        const Manifest& manifest = own ? project.manifest : *parent;
        const auto patterns = workspace_patterns(tree.whole(), directory, manifest);
        const std::string_view below =
            std::string_view(tree.directory()).substr(directory.empty() || own ? 0 : directory.size() + 1);
        if (patterns.empty() || (!own && !is_member(patterns, below))) continue;
        project.members = workspace_members(tree.whole(), directory, patterns, project.members_complete);
        project.workspace_directory = directory;
        if (!own) project.workspace = std::move(*parent);
        return;
    }
}

} // namespace

std::string Project::path(std::string_view name) const { return at(tree->directory(), name); }

ConfigText Project::config(std::string_view stem) const {
    for (const std::string_view ending : {".ts", ".js", ".mjs", ".cjs", ".mts", ".cts"}) {
        const std::string name = std::string(stem) + std::string(ending);
        if (const auto text = tree->read(name))
            return {path(name), std::string_view(*text).substr(0, 256 * 1024)};
    }
    return {};
}

const std::string* Project::wants(std::string_view package) const {
    if (const auto* own = manifest.wants(package)) return own;
    return workspace ? workspace->wants(package) : nullptr;
}

int Project::wanted_major(std::string_view package) const {
    const std::string* wanted = wants(package);
    const auto range = wanted != nullptr ? VersionRange::parse(*wanted) : std::nullopt;
    return range && !range->is_any() ? range->lowest().major : 0;
}

std::vector<const Manifest*> Project::manifests() const {
    std::vector<const Manifest*> list{&manifest};
    if (workspace) list.push_back(&*workspace);
    return list;
}

std::vector<std::string> workspace_patterns(const FileTree& tree, std::string_view directory,
                                            const Manifest& manifest) {
    auto patterns = manifest.workspaces;
    if (const auto text = tree.read(at(directory, "pnpm-workspace.yaml")))
        for (auto& pattern : yaml_packages(*text)) patterns.push_back(std::move(pattern));
    return patterns;
}

std::vector<std::string> workspace_members(const FileTree& tree, std::string_view directory,
                                           const std::vector<std::string>& patterns, bool& complete) {
    Walk walk{tree, std::string(directory), patterns};
    walk.visit("", 1);
    complete = walk.complete;
    return std::move(walk.members);
}

Result<Project> open_member(const SubTree& tree, const Project& root) {
    Project project;
    project.tree = &tree;
    const auto text = tree.read("package.json");
    auto manifest = text ? parse_manifest(*text, project.path("package.json")) : fail(Code::not_found, "");
    if (!manifest) return std::unexpected(manifest.error());
    project.manifest = std::move(*manifest);
    project.workspace = root.manifest;
    project.workspace_directory = root.tree->directory();
    return project;
}

Result<Project> open_project(const SubTree& tree, Plan& plan) {
    const auto text = tree.read("package.json");
    if (!text) return fail(Code::invalid, "package.json is not a regular file of a sensible size.");
    Project project;
    project.tree = &tree;
    auto manifest = parse_manifest(*text, project.path("package.json"));
    if (!manifest) return std::unexpected(manifest.error());
    project.manifest = std::move(*manifest);
    find_workspace(project);
    project.manager = choose_package_manager(tree, project.manifests(), project.workspace_directory, plan);
    return project;
}

} // namespace panel::framework
