#pragma once
// One JavaScript project as the rules of the framework table see it: its directory, its manifest, its
// workspace, its package manager. Built once per detection by open_project; the tree must outlive it. One
// thread.

#include "base/result.hpp"
#include "services/framework/config_text.hpp"
#include "services/framework/file_tree.hpp"
#include "services/framework/manifest.hpp"
#include "services/framework/package_manager.hpp"
#include "services/framework/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace panel::framework {

struct Project {
    const SubTree* tree = nullptr;
    Manifest manifest;
    std::optional<Manifest> workspace; // the manifest of the workspace this project is a member of
    std::string workspace_directory;   // where that is; the project's own directory when it stands alone
    std::vector<std::string> members;  // directories of the workspace's packages, from the repository's root
    bool members_complete = true;      // false when there were more than are looked at
    PackageManager manager;

    [[nodiscard]] bool in_workspace() const {
        return workspace_directory != tree->directory() || !members.empty();
    }
    // A path of this project as seen from the repository's root.
    [[nodiscard]] std::string path(std::string_view name) const;
    // The first of stem.{ts,js,mjs,cjs,mts,cts} in the project's directory; empty when there is none.
    [[nodiscard]] ConfigText config(std::string_view stem) const;
    // The wanted version of a package, in this manifest or hoisted in the workspace's; or null.
    [[nodiscard]] const std::string* wants(std::string_view package) const;
    // The lowest major of a wanted version, 0 when unknown ("latest", "workspace:*").
    [[nodiscard]] int wanted_major(std::string_view package) const;
    // The manifests that speak for this project, nearest first.
    [[nodiscard]] std::vector<const Manifest*> manifests() const;
};

// Code::invalid when package.json cannot be read. Appends evidence for the package manager.
[[nodiscard]] Result<Project> open_project(const SubTree& tree, Plan& plan);

// A package of the workspace whose root is `root`, for a look at its framework alone: without members and
// package manager.
[[nodiscard]] Result<Project> open_member(const SubTree& tree, const Project& root);

// The directories of a workspace's packages, from the repository's root; `complete` turns false when there
// are too many.
[[nodiscard]] std::vector<std::string> workspace_members(const FileTree& tree, std::string_view directory,
                                                         const std::vector<std::string>& patterns,
                                                         bool& complete);

// The package patterns that a directory's package.json or pnpm-workspace.yaml declares.
[[nodiscard]] std::vector<std::string> workspace_patterns(const FileTree& tree, std::string_view directory,
                                                          const Manifest& manifest);

} // namespace panel::framework
