#include "support.hpp"

namespace panel::framework {
namespace {

using namespace testing;

constexpr const char* server = R"({"scripts": {"start": "node a.js"}})";

struct Row {
    Files extra;
    const char* manager;
    const char* install;
};

} // namespace

TEST_CASE("the lock file names the package manager and freezes the install") {
    const Row rows[] = {
        {{}, "npm", "npm install"},
        {{{"package-lock.json", "{}"}}, "npm", "npm ci"},
        {{{"npm-shrinkwrap.json", "{}"}}, "npm", "npm ci"},
        {{{"pnpm-lock.yaml", "lockfileVersion: '9.0'\n"}}, "pnpm", "pnpm install --frozen-lockfile"},
        {{{"yarn.lock", "# yarn lockfile v1\n"}}, "yarn", "yarn install --frozen-lockfile"},
        {{{"yarn.lock", "# x\n\n__metadata:\n  version: 8\n"}}, "yarn", "yarn install --immutable"},
        {{{"bun.lockb", "\x01\x02"}}, "bun", "bun install --frozen-lockfile"},
        {{{".yarnrc.yml", "nodeLinker: pnp\n"}}, "yarn", "yarn install"},
        {{{"pnpm-workspace.yaml", "onlyBuiltDependencies: []\n"}}, "pnpm", "pnpm install"},
    };
    for (const Row& row : rows) {
        Files files = row.extra;
        files["package.json"] = server;
        const Plan plan = plan_of(files);
        CHECK(plan.package_manager == row.manager);
        CHECK(plan.install_command == row.install);
    }
}

TEST_CASE("pitfall 6: the text bun.lock is Bun's") {
    CHECK(plan_of({{"package.json", server}, {"bun.lock", "{}"}}).package_manager == "bun");
}

TEST_CASE("pitfall 7: Bun is the newest of its major, which reads every lock file format") {
    CHECK(contains(dockerfile_of(plan_of({{"package.json", server}, {"bun.lock", "{}"}})), "\"bun@1\""));
}

TEST_CASE("pitfall 8: with a lock file that does not fit, the frozen install fails; nothing else is "
          "installed in its place") {
    const std::string text = dockerfile_of(plan_of({{"package.json", server}, {"package-lock.json", "{}"}}));
    CHECK(contains(text, R"(["/bin/sh", "-c", "npm ci )"));
    // The one exception is checked against the lock file: see install_script.
    CHECK(contains(text, "does not fit package.json"));
    CHECK_FALSE(contains(text, "npm install\"]"));
}

TEST_CASE("pitfall 9: package managers come from the registry, never through Corepack") {
    const std::string manifest =
        R"({"packageManager": "pnpm@9.12.3+sha512.abcdef", "scripts": {"start": "node a.js"}})";
    const std::string text =
        dockerfile_of(plan_of({{"package.json", manifest}, {"pnpm-lock.yaml", "lockfileVersion: '9.0'\n"}}));
    CHECK(contains(text, "\"pnpm@9.12.3\""));
    CHECK_FALSE(contains(text, "corepack"));
}

TEST_CASE("pitfall 10: the packageManager field wins, also the one of the workspace above") {
    const Plan own =
        plan_of({{"package.json", R"({"packageManager": "yarn@4.5.0", "scripts": {"start": "node a.js"}})"},
                 {"package-lock.json", "{}"}});
    CHECK(own.package_manager == "yarn");
    CHECK(own.install_command == "yarn install");
    const Plan above =
        plan_of({{"package.json", R"({"packageManager": "pnpm@10.1.0", "workspaces": ["apps/*"]})"},
                 {"apps/a/package.json", server}},
                {.root_directory = "apps/a"});
    CHECK(above.package_manager == "pnpm");
}

TEST_CASE("pitfall 11: the lock file of the workspace's root is found from a sub-directory") {
    const Plan plan = plan_of({{"package.json", R"({"workspaces": {"packages": ["apps/*"]}})"},
                               {"package-lock.json", "{}"},
                               {"apps/a/package.json", server}},
                              {.root_directory = "apps/a"});
    CHECK(plan.install_command == "npm ci");
    CHECK(plan.recipe.install_directory.empty());
    CHECK(contains(dockerfile_of(plan), R"(COPY ["app/package.json", "app/package-lock.json", "/app/"])"));
    CHECK(contains(dockerfile_of(plan), R"(COPY ["app/apps/a/package.json", "/app/apps/a/"])"));
}

TEST_CASE("a project that is no member of the workspace above installs by itself") {
    const Plan plan = plan_of({{"package.json", R"({"workspaces": ["apps/*"]})"},
                               {"pnpm-lock.yaml", "lockfileVersion: '9.0'\n"},
                               {"tools/x/package.json", server}},
                              {.root_directory = "tools/x"});
    CHECK(plan.recipe.install_directory == "tools/x");
    CHECK(plan.package_manager == "pnpm");
    CHECK(plan.install_command == "pnpm install");
}

TEST_CASE("pnpm's major follows the lock file's format") {
    const std::pair<const char*, const char*> rows[] = {
        {"5.3", "pnpm@6"}, {"5.4", "pnpm@7"}, {"'6.0'", "pnpm@8"}, {"'9.0'", "pnpm@9"}};
    for (const auto& [format, package] : rows)
        CHECK(plan_of({{"package.json", server},
                       {"pnpm-lock.yaml", "lockfileVersion: " + std::string(format) + "\n"}})
                  .recipe.manager_package == package);
    CHECK(plan_of({{"package.json", server},
                   {"pnpm-lock.yaml", "lockfileVersion: '9.0'\n"},
                   {"pnpm-workspace.yaml", "onlyBuiltDependencies:\n  - esbuild\n"}})
              .recipe.manager_package == "pnpm@10");
}

TEST_CASE("two lock files of different managers are told of") {
    const Plan plan = plan_of(
        {{"package.json", server}, {"yarn.lock", "# yarn lockfile v1\n"}, {"package-lock.json", "{}"}});
    CHECK(plan.package_manager == "yarn");
    REQUIRE(plan.warnings.size() == 1);
    CHECK(contains(plan.warnings[0], "package-lock.json"));
}

} // namespace panel::framework
