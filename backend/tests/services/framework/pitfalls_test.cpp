// What other detectors got wrong, by the numbers that the field's list of pitfalls gives them. Those of
// package managers (6 to 11) and of Node versions (1 to 5) are in their own files.
#include "support.hpp"

namespace panel::framework {
namespace {

using namespace testing;

std::string manifest(const std::string& packages, const std::string& scripts = R"("build": "x")") {
    return R"({"scripts": {)" + scripts + R"(}, "dependencies": {)" + packages + "}}";
}

std::string framework_for(const std::string& packages) {
    return plan_of({{"package.json", manifest(packages)}, {"index.js", ""}}).framework;
}

} // namespace

TEST_CASE("pitfall 12: pnpm builds one package of a workspace by --filter") {
    const Plan plan =
        plan_of({{"package.json", "{}"},
                 {"pnpm-workspace.yaml", "packages: ['apps/*']\n"},
                 {"apps/a/package.json",
                  R"({"name": "a", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}})"}},
                {.root_directory = "apps/a"});
    CHECK(plan.build_command == "pnpm --filter a... run build");
    CHECK(plan.recipe.build_directory.empty());
}

TEST_CASE("pitfall 13: a workspace with several applications asks which one") {
    const auto plan = detected({{"package.json", R"({"workspaces": ["apps/*"]})"},
                                {"turbo.json", "{}"},
                                {"apps/a/package.json", R"({"dependencies": {"next": "16"}})"},
                                {"apps/b/package.json", R"({"dependencies": {"astro": "5"}})"}});
    REQUIRE_FALSE(plan.has_value());
    CHECK(plan.error().code == Code::invalid);
    CHECK(contains(plan.error().message, "apps/a, apps/b"));
}

TEST_CASE("pitfalls 14 and 15: a sub-directory is built and started where it was looked at, with the "
          "workspace's modules") {
    const Plan plan = plan_of({{"package.json", R"({"workspaces": ["apps/*", "packages/*"]})"},
                               {"package-lock.json", "{}"},
                               {"apps/api/package.json",
                                manifest(R"("express": "4", "@x/lib": "*")", R"("start": "node server.js")")},
                               {"apps/api/server.js", ""},
                               {"packages/lib/package.json", R"({"name": "@x/lib"})"}},
                              {.root_directory = "apps/api"});
    const std::string text = dockerfile_of(plan);
    CHECK(contains(text, "COPY --from=dependencies --chown=node:node [\"/app/\", \"/app/\"]"));
    CHECK(contains(text, "COPY --chown=node:node [\"app/\", \"/app/\"]"));
    CHECK(contains(text, "WORKDIR \"/app/apps/api\"\nUSER node"));
}

TEST_CASE("pitfall 16: SvelteKit's adapter-auto is made to mean adapter-node") {
    const auto package_for = [](const std::string& kit) {
        return plan_of({{"package.json",
                         manifest(R"("@sveltejs/kit": ")" + kit + R"(", "@sveltejs/adapter-auto": "*")")}})
            .recipe.adapter_package;
    };
    CHECK(package_for("^1.30.0") == "@sveltejs/adapter-node@1");
    CHECK(package_for("^2.0.0") == "@sveltejs/adapter-node@5");
    CHECK(package_for("^3.2.0") == "@sveltejs/adapter-node@6");
    CHECK(package_for("latest") == "@sveltejs/adapter-node");
}

TEST_CASE(
    "pitfall 17: a Vite project with a server of its own is a server, one with a development server is not") {
    const std::string packages = R"("vite": "7", "react": "19", "express": "5")";
    const Plan own =
        plan_of({{"package.json", manifest(packages, R"("build": "vite build", "start": "node server.js")")},
                 {"server.js", ""}});
    CHECK(own.kind == "server");
    CHECK(own.start_command == "npm run start");
    CHECK_FALSE(own.single_page_app);
    for (const char* start : {"vite", "vite preview --port 8080", "npm run dev", "serve -s dist",
                              "vite --host 0.0.0.0", "npx vite preview"}) {
        const Plan files = plan_of(
            {{"package.json", manifest(packages, R"("build": "vite build", "dev": "vite", "start": ")" +
                                                     std::string(start) + "\"")}});
        CHECK(files.kind == "static");
        CHECK_FALSE(files.start_command.has_value());
    }
}

TEST_CASE("pitfalls 18 and 19: pages that do not exist lead to the application, unless it has pages or an "
          "error page of its own") {
    const std::string vite = manifest(R"("vite": "7", "vue": "3")", R"("build": "vite build")");
    const Plan plan = plan_of({{"package.json", vite}});
    CHECK(plan.single_page_app);
    CHECK(plan.fallback_page == "index.html");
    CHECK_FALSE(plan_of({{"package.json", vite}, {"public/404.html", ""}}).single_page_app);
    CHECK_FALSE(plan_of({{"package.json", vite}, {"vite.config.js", "export default { appType: 'mpa' }"}})
                    .single_page_app);
    CHECK_FALSE(plan_of({{"package.json", manifest(R"("astro": "5")")}}).single_page_app);
    CHECK_FALSE(plan_of({{"index.html", ""}}).single_page_app);
}

TEST_CASE("pitfall 21: Nuxt's generated single page application falls back to 200.html") {
    const Plan plan = plan_of({{"package.json", manifest(R"("nuxt": "4")", R"("build": "nuxt generate")")},
                               {"nuxt.config.ts", "export default defineNuxtConfig({ ssr: false })"}});
    CHECK(plan.kind == "static");
    CHECK(plan.output_dir == ".output/public");
    CHECK(plan.fallback_page == "200.html");
}

TEST_CASE("pitfall 22: Angular's application builder writes the browser's files to browser/, an empty name "
          "means the directory itself") {
    const auto output = [](const std::string& options) {
        return plan_of(
                   {{"package.json", manifest(R"("@angular/core": "20")")},
                    {"angular.json",
                     R"({"projects": {"a": {"architect": {"build": {"builder": "@angular/build:application", "options": )" +
                         options + "}}}}}"}})
            .output_dir;
    };
    CHECK(output("{}") == "dist/a/browser");
    CHECK(output(R"({"outputPath": "out"})") == "out/browser");
    CHECK(output(R"({"outputPath": {"base": "out", "browser": ""}})") == "out");
}

TEST_CASE("pitfall 23: what is built on Vite is not Vite") {
    CHECK(framework_for(R"("vite": "7", "@sveltejs/kit": "2", "svelte": "5")") == "sveltekit");
    CHECK(framework_for(R"("vite": "7", "@remix-run/dev": "2", "react": "18")") == "remix");
    CHECK(framework_for(R"("vite": "7", "nitropack": "2")") == "nitro");
    CHECK(framework_for(R"("vite": "7", "astro": "5", "react": "19")") == "astro");
    CHECK(framework_for(R"("vite": "7", "vitepress": "1", "vue": "3")") == "vitepress");
    CHECK(framework_for(R"("vite": "7", "@solidjs/start": "1", "solid-js": "1")") == "solidstart");
    CHECK(framework_for(R"("vite": "7", "@tanstack/react-start": "1", "react": "19")") == "tanstack-start");
    CHECK(framework_for(R"("@nestjs/core": "11", "express": "5", "webpack": "5")") == "nestjs");
    CHECK(framework_for(R"("next": "16", "express": "5", "vite": "7")") == "nextjs");
}

TEST_CASE("pitfall 24: react-router as a library is not the framework") {
    CHECK(framework_for(R"("vite": "7", "react": "19", "react-router": "7", "react-router-dom": "7")") ==
          "vite-react");
    CHECK(framework_for(R"("vite": "7", "react": "19", "react-router": "7", "@react-router/dev": "7")") ==
          "react-router");
}

TEST_CASE("pitfall 25: sirv alone says nothing, and a script that runs nx does not make Next.js") {
    CHECK(framework_for(R"("sirv": "3")") == "node");
    const Plan plan = plan_of(
        {{"package.json", manifest(R"("nx": "20")", R"("build": "nx build app", "start": "node main.js")")}});
    CHECK(plan.framework == "node");
}

TEST_CASE("pitfall 28: the port that the program names is the port") {
    const auto port = [](const std::string& source) {
        return plan_of({{"package.json", manifest(R"("express": "4")", R"("start": "node app.js")")},
                        {"app.js", source}})
            .port;
    };
    CHECK(port("app.listen(8000)") == 8000);
    CHECK(port("const p = process.env.PORT || 5001; app.listen(p)") == 5001);
    CHECK(port("serve({ fetch, port: Number(process.env.PORT ?? 8787) })") == 8787);
    CHECK(port("// app.listen(9999)\napp.listen(process.env.PORT)") == 3000);
    const Plan local = plan_of({{"package.json", manifest(R"("fastify": "5")", R"("start": "node app.js")")},
                                {"app.js", "app.listen({ host: 'localhost' })"}});
    CHECK(local.warnings.size() == 1);
}

TEST_CASE(
    "pitfall 29: NODE_ENV=production is in the final image only, and no install step can see the user's") {
    const Plan plan = plan_of(
        {{"package.json", manifest(R"("express": "4")",
                                   R"("build": "tsc", "start": "node a.js", "postinstall": "node x.js")")}});
    const std::string text = dockerfile_of(plan, true);
    CHECK(text.find("NODE_ENV=\"production\"") > text.rfind("FROM "));
    CHECK(contains(text, ". /run/panel/env; unset NODE_ENV; npm install"));
}

TEST_CASE("build-time values are read from a mounted file, never written as ARG or ENV") {
    const std::string text = dockerfile_of(
        plan_of({{"package.json", manifest(R"("vite": "7")", R"("build": "vite build")")}}), true);
    CHECK(contains(text, "--mount=type=bind,source=panel/env,target=/run/panel/env"));
    CHECK_FALSE(contains(text, "ARG "));
    CHECK_FALSE(contains(text, "# syntax"));
}

TEST_CASE(
    "an install script that needs the sources gets them, a harmless one leaves the install step cached") {
    const auto first = [](const std::string& script) {
        return plan_of(
                   {{"package.json", manifest(R"("vite": "7")",
                                              R"("build": "vite build", "postinstall": ")" + script + "\"")}})
            .recipe.copy_sources_first;
    };
    CHECK(first("prisma generate"));
    CHECK(first("patch-package"));
    CHECK_FALSE(first("nuxt prepare"));
    CHECK_FALSE(first("svelte-kit sync || echo ''"));
    CHECK_FALSE(first("husky"));
}

TEST_CASE("a start command that needs a development package keeps them in the image") {
    const auto plan =
        plan_of({{"package.json", R"({"scripts": {"start": "tsx src/index.ts"}, "dependencies": {"hono": "4"},
                                                    "devDependencies": {"tsx": "4"}})"}});
    CHECK(plan.recipe.dependencies == Dependencies::all);
    const auto pruned = plan_of(
        {{"package.json", R"({"scripts": {"start": "node src/index.js"}, "dependencies": {"hono": "4"},
                                                      "devDependencies": {"tsx": "4"}})"}});
    CHECK(pruned.recipe.dependencies == Dependencies::production);
}

TEST_CASE("what the user set wins and is shown as a setting") {
    const Plan plan = plan_of({{"package.json", manifest(R"("express": "4")", R"("start": "node a.js")")}},
                              {.start_command = "node other.js", .port = 9000});
    CHECK(plan.start_command == "node other.js");
    CHECK(plan.port == 9000);
    int settings = 0;
    for (const Evidence& evidence : plan.evidence) settings += evidence.source == "setting" ? 1 : 0;
    CHECK(settings == 2);
    CHECK(contains(dockerfile_of(plan), R"(CMD ["node", "other.js"])"));
    CHECK(contains(dockerfile_of(plan), "EXPOSE 9000"));
    CHECK_FALSE(detected({{"package.json", "{}"}}, {.framework = "no-such-thing"}).has_value());
    CHECK_FALSE(detected({{"index.html", ""}}, {.root_directory = "missing"}).has_value());
}

TEST_CASE("a repository with nothing to deploy is told what was looked for") {
    const auto plan = detected({{"README.md", "hello"}});
    REQUIRE_FALSE(plan.has_value());
    CHECK(plan.error().code == Code::invalid);
    for (const char* looked_for : {"Dockerfile", "package.json", "index.html"})
        CHECK(contains(plan.error().message, looked_for));
}

} // namespace panel::framework
