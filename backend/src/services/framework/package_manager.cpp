#include "services/framework/package_manager.hpp"

#include "services/framework/semver.hpp"
#include "services/framework/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace panel::framework {
namespace {

struct LockFile {
    std::string_view name;
    Manager manager;
};

// In one directory the first wins: who added bun, pnpm or yarn did it after npm's lock was there.
constexpr std::array lock_files{
    LockFile{"bun.lock", Manager::bun},          LockFile{"bun.lockb", Manager::bun},
    LockFile{"pnpm-lock.yaml", Manager::pnpm},   LockFile{"yarn.lock", Manager::yarn},
    LockFile{"package-lock.json", Manager::npm}, LockFile{"npm-shrinkwrap.json", Manager::npm},
};

constexpr std::array<std::string_view, 4> names{"npm", "pnpm", "yarn", "bun"};

std::optional<Manager> manager_named(std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Manager>(found - names.begin());
}

std::string at(std::string_view directory, std::string_view name) {
    return directory.empty() ? std::string(name) : std::string(directory) + '/' + std::string(name);
}

std::string version_text(const Version& v) {
    return std::to_string(v.major) + '.' + std::to_string(v.minor) + '.' + std::to_string(v.patch);
}

bool take_field(const std::vector<const Manifest*>& manifests, PackageManager& chosen, Plan& plan) {
    for (const Manifest* manifest : manifests) {
        const std::string& field = manifest->package_manager;
        if (field.empty()) continue;
        const auto sign = field.find('@');
        const auto manager = manager_named(std::string_view(field).substr(0, sign));
        if (!manager) {
            plan.warnings.push_back("The packageManager field of " + manifest->path +
                                    " names no package manager that is known here.");
            continue;
        }
        chosen.manager = *manager;
        if (sign != field.npos)
            if (const auto version = parse_version(std::string_view(field).substr(sign + 1)))
                chosen.version = version_text(*version);
        plan.note("package_manager", chosen.name(), "config", manifest->path,
                  "the packageManager field says " + field);
        return true;
    }
    return false;
}

std::optional<LockFile> nearest_lock(const SubTree& tree, std::string& path,
                                     std::vector<std::string>& others) {
    for (const std::string& directory : tree.directories_upwards()) {
        std::optional<LockFile> first;
        for (const LockFile& lock : lock_files) {
            if (!tree.whole().exists(at(directory, lock.name))) continue;
            if (!first) {
                first = lock;
                path = at(directory, lock.name);
            } else if (lock.manager != first->manager) {
                others.emplace_back(lock.name);
            }
        }
        if (first) return first;
    }
    return std::nullopt;
}

bool take_lock(const SubTree& tree, PackageManager& chosen, Plan& plan) {
    std::string path;
    std::vector<std::string> others;
    const auto lock = nearest_lock(tree, path, others);
    if (!lock) return false;
    chosen.manager = lock->manager;
    plan.note("package_manager", chosen.name(), "lockfile", path,
              std::string(lock->name) + " is " + chosen.name() + "'s lock file");
    if (!others.empty())
        plan.warnings.push_back("There is more than one lock file: " + path + " is used, " + others.front() +
                                " is not.");
    return true;
}

bool take_hint(const SubTree& tree, const std::vector<const Manifest*>& manifests, PackageManager& chosen,
               Plan& plan) {
    for (const Manifest* manifest : manifests)
        for (const Manager manager : {Manager::pnpm, Manager::bun, Manager::yarn})
            if (manifest->engines.contains(names[static_cast<std::size_t>(manager)])) {
                chosen.manager = manager;
                plan.note("package_manager", chosen.name(), "config", manifest->path,
                          "engines asks for " + chosen.name());
                return true;
            }
    constexpr std::array hints{LockFile{"pnpm-workspace.yaml", Manager::pnpm},
                               LockFile{".yarnrc.yml", Manager::yarn}, LockFile{"bunfig.toml", Manager::bun}};
    for (const LockFile& hint : hints)
        if (const auto path = tree.nearest(hint.name)) {
            chosen.manager = hint.manager;
            plan.note("package_manager", chosen.name(), "file", *path, "only " + chosen.name() + " reads it");
            return true;
        }
    return false;
}

// The number after `key` at the start of a line among the first ones: lock files can be large, their version
// comes first.
std::optional<double> lock_version(const std::optional<std::string>& text, std::string_view key) {
    if (!text) return std::nullopt;
    for (const auto line : lines_of(std::string_view(*text).substr(0, 4096))) {
        auto rest = trim(line);
        if (!rest.starts_with(key)) continue;
        rest = trim(rest.substr(key.size()));
        if (rest.starts_with('\'') || rest.starts_with('"')) rest.remove_prefix(1);
        double value = 0;
        if (std::from_chars(rest.data(), rest.data() + rest.size(), value).ec == std::errc{}) return value;
    }
    return std::nullopt;
}

std::string pnpm_version(const SubTree& tree, const PackageManager& chosen) {
    const auto lock = chosen.lock_file.empty() ? std::nullopt : tree.whole().read(chosen.lock_file);
    const double format = lock_version(lock, "lockfileVersion:").value_or(chosen.lock_file.empty() ? 0 : 9);
    if (format == 0) return "10";
    if (format < 5.35) return "6";
    if (format < 6) return "7";
    if (format < 9) return "8";
    // pnpm 9, 10 and 11 write format 9. A pnpm-workspace.yaml without packages is a settings file, which 9
    // refuses.
    const auto path = tree.nearest("pnpm-workspace.yaml");
    const auto workspace = path ? tree.whole().read(*path) : std::nullopt;
    if (workspace) {
        const auto lines = lines_of(*workspace);
        const bool has_packages =
            std::ranges::any_of(lines, [](auto l) { return l.starts_with("packages:"); });
        const bool has_settings = std::ranges::any_of(lines, [](auto l) {
            return l.starts_with("onlyBuiltDependencies:") || l.starts_with("allowBuilds:") ||
                   l.starts_with("overrides:") || l.starts_with("nodeLinker:") ||
                   l.starts_with("ignoredBuiltDependencies:");
        });
        if (!has_packages || has_settings) return "10";
    }
    return "9";
}

std::string yarn_version(const SubTree& tree, const PackageManager& chosen) {
    if (!chosen.berry) return "1";
    const auto lock = chosen.lock_file.empty() ? std::nullopt : tree.whole().read(chosen.lock_file);
    return lock_version(lock, "version:").value_or(8) < 8 ? "3" : "4";
}

bool is_berry(const SubTree& tree, const PackageManager& chosen) {
    if (const auto version = parse_version(chosen.version)) return version->major >= 2;
    if (tree.nearest(".yarnrc.yml")) return true;
    const auto lock = chosen.lock_file.empty() ? std::nullopt : tree.whole().read(chosen.lock_file);
    return lock && std::string_view(*lock).substr(0, 4096).find("\n__metadata:") != std::string_view::npos;
}

std::string engine_version(const std::vector<const Manifest*>& manifests, std::string_view name) {
    for (const Manifest* manifest : manifests)
        if (const auto found = manifest->engines.find(name); found != manifest->engines.end())
            if (const auto range = VersionRange::parse(found->second);
                range && !range->is_any() && range->lowest().major > 0)
                return std::to_string(range->lowest().major);
    return {};
}

} // namespace

std::string PackageManager::name() const { return std::string(names[static_cast<std::size_t>(manager)]); }

std::string PackageManager::install_command() const {
    if (manager == Manager::npm) return frozen ? "npm ci" : "npm install";
    const std::string flag = manager == Manager::yarn && berry ? " --immutable" : " --frozen-lockfile";
    return name() + " install" + (frozen ? flag : "");
}

std::string PackageManager::install_script() const {
    if (manager != Manager::npm || !frozen) return install_command();
    const std::string lock(file_name(lock_file));
    const std::string compare =
        R"js(const read = (file) => Object.entries(JSON.parse(require("fs").readFileSync(file)).packages || {}).filter((e) => e[0]))js"
        R"js(.map(([path, p]) => ({ id: path.split("node_modules/").pop() + "@" + p.version, optional: p.optional || p.link }));)js"
        R"js( const locked = new Set(read("/tmp/lock.json").map((p) => p.id));)js"
        R"js( const added = read(process.argv[1]).filter((p) => !p.optional && !locked.has(p.id)).map((p) => p.id);)js"
        R"js( if (added.length) { console.error(process.argv[1] + " does not fit package.json, it lacks " + added.slice(0, 5).join(", "))js"
        R"js( + ". Run npm install and commit the lock file."); process.exit(1); })js";
    return "npm ci 2> /tmp/npm.log; code=$?; cat /tmp/npm.log >&2; test $code -eq 0 || { grep -q 'error "
           "Missing: ' /tmp/npm.log && "
           "! grep -q 'error Invalid: ' /tmp/npm.log && cp " +
           lock + " /tmp/lock.json && npm install --no-audit --no-fund && node -e " + shell_quote(compare) +
           " " + lock + "; }";
}

std::string PackageManager::run_command(std::string_view script) const {
    return name() + " run " + std::string(script);
}

std::string PackageManager::exec_command(std::string_view program) const {
    constexpr std::array<std::string_view, 4> prefixes{"npx ", "pnpm exec ", "yarn run ", "bunx "};
    return std::string(prefixes[static_cast<std::size_t>(manager)]) + std::string(program);
}

std::string PackageManager::prune_command() const {
    const std::string lock = frozen ? " --frozen-lockfile" : "";
    switch (manager) {
    case Manager::npm: return "npm prune --omit=dev --ignore-scripts";
    case Manager::pnpm: // Without the last flag unused packages stay in the virtual store for a week.
        return "pnpm install --prod --ignore-scripts --config.modules-cache-max-age=0" + lock;
    case Manager::yarn:
        if (!berry) return "yarn install --production --ignore-scripts --prefer-offline" + lock;
        return version.starts_with("4") ? "yarn workspaces focus --all --production" : "";
    case Manager::bun: return "rm -rf node_modules && bun install --production --ignore-scripts" + lock;
    }
    return {};
}

std::string PackageManager::package() const {
    const std::string suffix = version.empty() ? "" : "@" + version;
    switch (manager) {
    case Manager::npm: return {};
    case Manager::yarn: return (berry ? "@yarnpkg/cli-dist" : "yarn") + suffix;
    case Manager::pnpm:
    case Manager::bun: return name() + suffix;
    }
    return {};
}

PackageManager choose_package_manager(const SubTree& tree, const std::vector<const Manifest*>& manifests,
                                      std::string_view install_directory, Plan& plan) {
    PackageManager chosen;
    if (!take_field(manifests, chosen, plan) && !take_lock(tree, chosen, plan) &&
        !take_hint(tree, manifests, chosen, plan))
        plan.note("package_manager", "npm", "default", "", "no lock file and no packageManager field");
    for (const LockFile& lock : lock_files) {
        if (lock.manager != chosen.manager || !chosen.lock_file.empty()) continue;
        if (auto path = tree.nearest(lock.name)) {
            chosen.frozen = parent_path(*path) == install_directory;
            chosen.lock_file = std::move(*path);
        }
    }
    chosen.berry = chosen.manager == Manager::yarn && is_berry(tree, chosen);
    if (chosen.version.empty()) chosen.version = engine_version(manifests, chosen.name());
    if (chosen.version.empty() && chosen.manager == Manager::pnpm)
        chosen.version = pnpm_version(tree, chosen);
    if (chosen.version.empty() && chosen.manager == Manager::yarn)
        chosen.version = yarn_version(tree, chosen);
    if (chosen.version.empty() && chosen.manager == Manager::bun) chosen.version = "1";
    return chosen;
}

} // namespace panel::framework
