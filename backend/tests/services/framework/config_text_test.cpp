#include "services/framework/config_text.hpp"
#include "services/framework/environment_example.hpp"
#include "services/framework/text.hpp"

#include <doctest/doctest.h>

namespace panel::framework {

TEST_CASE("values are read from code, never from comments or longer names") {
    const ConfigText config("vite.config.ts", R"(
      // outDir: 'wrong'
      const url = 'https://example.com' /* outDir: "wrong" */
      export default { build: { 'outDir': "right", emptyOutDir: true }, myroot: 'no', root: "web", ssr: false }
    )");
    CHECK(config.object("build").string("outDir") == "right");
    CHECK(config.string("root") == "web");
    CHECK(config.boolean("ssr") == false);
    CHECK(config.boolean("emptyOutDir") == true);
    CHECK_FALSE(config.string("missing").has_value());
    CHECK(config.object("missing").empty());
}

TEST_CASE("a path joined to the file's own directory is read, a computed value is not") {
    CHECK(ConfigText("x", "outDir: path.resolve(__dirname, '../dist')").string("outDir") == "../dist");
    CHECK(ConfigText("x", "outDir: join(import.meta.dirname, 'a', 'b')").string("outDir") == "a/b");
    CHECK_FALSE(ConfigText("x", "outDir: process.env.OUT").string("outDir").has_value());
    CHECK_FALSE(ConfigText("x", "outDir: `dist/${mode}`").string("outDir").has_value());
    CHECK_FALSE(ConfigText("x", "outDir: resolve('/etc')").string("outDir").has_value());
}

TEST_CASE("unfinished strings, comments and brackets end with the text") {
    for (const char* source :
         {"outDir: 'dist", "/* never ends", "build: { outDir: [", "adapter(", "'", "a: \\", "`${"}) {
        const ConfigText config("x", source);
        CHECK_FALSE(config.string("outDir").has_value());
        CHECK(config.object("build").string("missing") == std::nullopt);
        CHECK(config.arguments("adapter").string("out") == std::nullopt);
    }
}

TEST_CASE("the names of .env.example are read, its values are not") {
    const auto keys = environment_keys(
        "# comment\nDATABASE_URL=postgres://x\n export API_KEY = 'a'\nAPI_KEY=again\n1BAD=x\nBAD-KEY=x\n"
        "MULTI=\"first\nINNER=no\nlast\"\nAFTER=1\r\nEMPTY=\nno equals\n");
    CHECK(keys == std::vector<std::string>{"DATABASE_URL", "API_KEY", "MULTI", "AFTER", "EMPTY"});
}

TEST_CASE("paths that leave the project or carry quotes are no plain paths") {
    for (const char* path : {"../x", "a/../../b", "/etc", "a\"b", "a b\n", "a*", "$x", "a\\b", "a'b"})
        CHECK_MESSAGE(!is_plain_path(path), path);
    for (const char* path : {"", "dist", "apps/web app", "a/../b", "caf\xC3\xA9/@x/_y-1.0"})
        CHECK_MESSAGE(is_plain_path(path), path);
    CHECK(join_path("a/b", "../c") == "a/c");
    CHECK_FALSE(join_path("a", "../../c").has_value());
}

} // namespace panel::framework
