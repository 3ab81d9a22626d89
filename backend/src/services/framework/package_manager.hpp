#pragma once
// Which package manager a repository uses, which version, and what its commands are. Pure apart from the tree
// it reads.

#include "services/framework/file_tree.hpp"
#include "services/framework/manifest.hpp"
#include "services/framework/plan.hpp"

#include <string>
#include <vector>

namespace panel::framework {

enum class Manager { npm, pnpm, yarn, bun };

struct PackageManager {
    Manager manager = Manager::npm;
    bool berry = false;    // yarn 2 and later
    std::string version;   // what `npm install -g` is asked for: "9", "9.12.0", "^9"; empty for any
    std::string lock_file; // from the repository's root; empty when there is none
    bool frozen = false;   // the lock file lies where the install step runs

    [[nodiscard]] std::string name() const;
    // "npm ci", or the plain install without a lock file. With a lock file that does not fit package.json
    // each of these fails and says so: a release is never built from something that is not in the repository.
    [[nodiscard]] std::string install_command() const;
    // What the install step really runs. npm writes lock files that lack optional packages of other
    // platforms, and then refuses them. When `npm ci` complains of missing entries alone, `npm install` is
    // tried and accepted only if everything that is not optional has a version that the lock file holds. All
    // else fails, with npm's own message.
    [[nodiscard]] std::string install_script() const;
    [[nodiscard]] std::string run_command(std::string_view script) const;
    // Runs a program of node_modules/.bin: "npx vite build".
    [[nodiscard]] std::string exec_command(std::string_view program) const;
    // Removes development packages after an install; empty when that is not possible.
    [[nodiscard]] std::string prune_command() const;
    // What `npm install --global` installs first; empty when the image has it.
    [[nodiscard]] std::string package() const;
};

// packageManager fields (nearest first, up the tree) win, then the nearest lock file up the tree, then
// engines, then what else only one manager reads; npm otherwise. Appends evidence and warnings.
// `install_directory` is where it will run.
[[nodiscard]] PackageManager choose_package_manager(const SubTree& tree,
                                                    const std::vector<const Manifest*>& manifests,
                                                    std::string_view install_directory, Plan& plan);

} // namespace panel::framework
