#pragma once
// What the Dockerfile needs beyond the plan: which files the install step reads, what is cached, what the
// final image holds. Filled by detection, read by render_dockerfile. All paths are relative to the
// repository's root unless said otherwise.

#include <string>
#include <utility>
#include <vector>

namespace panel::framework {

// Which node_modules a server's image carries.
enum class Dependencies {
    none,       // the build output holds everything
    production, // what is left after development packages are pruned
    all, // as the build left them: a development package is needed to start, or a generator wrote into them
};

struct Recipe {
    std::string install_directory; // where the package manager runs: the workspace's root, or root_directory
    std::string build_directory;   // where the build command runs
    // Copied before the install step, which is cached until one of them changes. A directory ends with a
    // slash.
    std::vector<std::string> manifests;
    std::string install_script;      // what the install step runs, when that is more than the plan's command
    bool copy_sources_first = false; // an install script reads sources, or there are too many manifests
    bool install_reads_environment = false;
    std::string manager_package;      // "pnpm@9": installed globally first; empty when the image has it
    std::string prune_command;        // drops development packages; empty when the manager cannot
    bool manager_at_run_time = false; // the start command calls the package manager (or bun)
    std::string adapter_package;      // SvelteKit: installed in the place of an adapter for another platform
    std::string replaced_adapter;     // SvelteKit: that adapter
    std::vector<std::string> cache_directories; // kept between builds; relative to root_directory
    std::vector<std::string> system_packages;   // Debian packages that building needs
    std::vector<std::pair<std::string, std::string>> build_environment;   // ours, never the user's
    std::vector<std::pair<std::string, std::string>> runtime_environment; // likewise
    Dependencies dependencies = Dependencies::production;
    // What the final image takes from the build: {from, to} relative to root_directory. Empty: everything.
    std::vector<std::pair<std::string, std::string>> runtime_files;
    // The start command without the package manager in between, where that is possible.
    std::string start_process;
};

} // namespace panel::framework
