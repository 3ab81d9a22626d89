// Servers on Node and Bun. How they are started is the same for all: the caller looks for a start script,
// then for an entry file.
#include "services/framework/framework.hpp"

#include <array>

namespace panel::framework {
namespace {

void inspect_nest(const Project& project, Plan& plan) {
    if (project.manifest.script("build") == nullptr)
        plan.build_command = project.manager.exec_command("nest build");
    plan.output_dir = "dist";
}

void inspect_fastify(const Project&, Plan& plan) {
    plan.recipe.runtime_environment = {{"FASTIFY_ADDRESS", "0.0.0.0"}};
}

void inspect_nitro(const Project&, Plan& plan) {
    plan.recipe.dependencies = Dependencies::none;
    plan.recipe.runtime_files = {{".output", ".output"}};
}

Framework server(std::string_view id, std::string_view name, std::vector<std::string_view> packages) {
    Framework entry{.id = id, .name = name, .layer = Layer::server_library, .any_of = std::move(packages)};
    return entry;
}

Framework fastify() {
    Framework entry = server("fastify", "Fastify", {"fastify", "fastify-cli"});
    entry.inspect = inspect_fastify;
    return entry;
}

} // namespace

std::span<const Framework> server_family() {
    static const std::array table{
        Framework{.id = "solidstart",
                  .name = "SolidStart",
                  .layer = Layer::meta_framework,
                  .any_of = {"@solidjs/start"},
                  .build_program = "vinxi build",
                  .output_dir = ".output",
                  .start_command = "node .output/server/index.mjs",
                  .inspect = inspect_nitro},
        Framework{.id = "nitro",
                  .name = "Nitro",
                  .layer = Layer::site_generator,
                  .any_of = {"nitropack", "nitro"},
                  .configs = {"nitro.config"},
                  .build_program = "nitro build",
                  .output_dir = ".output",
                  .start_command = "node .output/server/index.mjs",
                  .inspect = inspect_nitro},
        Framework{.id = "nestjs",
                  .name = "NestJS",
                  .layer = Layer::site_generator,
                  .any_of = {"@nestjs/core"},
                  .configs = {"nest-cli.json"},
                  .build_program = "nest build",
                  .output_dir = "dist",
                  .start_command = "node dist/main",
                  .inspect = inspect_nest},
        fastify(),
        server("koa", "Koa", {"koa"}),
        server("elysia", "Elysia", {"elysia"}),
        server("hono", "Hono", {"hono"}),
        server("express", "Express", {"express"}),
        server("hapi", "hapi", {"@hapi/hapi"}),
    };
    return table;
}

} // namespace panel::framework
