#include "services/framework/command.hpp"

#include <doctest/doctest.h>

namespace panel::framework {

TEST_CASE("development servers are recognised behind wrappers, variables and other commands") {
    for (const char* command :
         {"vite", "vite --host", "next dev -p 3000", "astro dev", "ng serve", "react-scripts start",
          "NODE_ENV=development nodemon app.js", "cross-env A=b npx nuxt dev", "node --watch server.js",
          "tsx watch src/index.ts", "bun run --hot index.ts", "tsc && nodemon x", "nest start",
          "gatsby develop", "docusaurus start", "eleventy --serve", "./node_modules/.bin/vite",
          "astro preview"})
        CHECK_MESSAGE(is_development_server(command), command);
    for (const char* command :
         {"vite build", "next start", "node server.js", "bun index.ts", "tsx src/index.ts",
          "react-router-serve x", "node vite.js", "prisma migrate deploy && node dist/main", ""})
        CHECK_MESSAGE(!is_development_server(command), command);
}

TEST_CASE("a port is read from a command's options and variables") {
    CHECK(port_in_command("next start -p 4000") == 4000);
    CHECK(port_in_command("x --port=81") == 81);
    CHECK(port_in_command("PORT=5000 node a") == 5000);
    CHECK_FALSE(port_in_command("next start -p $PORT").has_value());
    CHECK_FALSE(port_in_command("node a -p 70000").has_value());
}

TEST_CASE("scripts are followed through the package manager, but not around pre- and post-scripts") {
    const auto manifest = parse_manifest(
        R"({"scripts": {"start": "npm run serve", "serve": "yarn real", "real": "node x.js", "a": "pnpm run a", "b": "node b", "preb": "c"}})",
        "p");
    REQUIRE(manifest.has_value());
    CHECK(resolve_script(*manifest, "start") == "node x.js");
    CHECK_FALSE(resolve_script(*manifest, "a").has_value());
    CHECK_FALSE(resolve_script(*manifest, "b").has_value());
    CHECK_FALSE(resolve_script(*manifest, "missing").has_value());
}

TEST_CASE("a command runs without a shell where it can, and as process 1 where it cannot") {
    using Words = std::vector<std::string>;
    CHECK(process_arguments("node  build") == Words{"node", "build"});
    CHECK(process_arguments("A=1 node x") == Words{"/bin/sh", "-c", "exec env A=1 node x"});
    CHECK(process_arguments("migrate && node x") == Words{"/bin/sh", "-c", "migrate && exec node x"});
    CHECK(process_arguments("node \"a b\"") == Words{"/bin/sh", "-c", "exec node \"a b\""});
    CHECK(process_arguments("node x --port $PORT") == Words{"/bin/sh", "-c", "exec node x --port $PORT"});
    CHECK(process_arguments("a & b") == Words{"/bin/sh", "-c", "a & b"});
    CHECK(process_arguments("echo 'a && b'") == Words{"/bin/sh", "-c", "exec echo 'a && b'"});
    CHECK(process_arguments("a || b") == Words{"/bin/sh", "-c", "a || b"});
}

} // namespace panel::framework
