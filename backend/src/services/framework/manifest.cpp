#include "services/framework/manifest.hpp"

#include "services/framework/text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace panel::framework {
namespace {

namespace json = boost::json;

constexpr std::size_t limit_bytes = 2 << 20;

std::string string_member(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

const json::object* object_member(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value != nullptr ? value->if_object() : nullptr;
}

void add_strings(Names& names, const json::object& root, std::string_view key) {
    if (const auto* object = object_member(root, key))
        for (const auto& [name, value] : *object)
            if (value.is_string()) names.emplace(std::string(name), std::string(value.get_string()));
}

std::vector<std::string> workspaces_of(const json::object& root) {
    const auto* value = root.if_contains("workspaces");
    if (value != nullptr && value->is_object()) value = value->get_object().if_contains("packages");
    std::vector<std::string> patterns;
    if (value != nullptr && value->is_array())
        for (const auto& item : value->get_array())
            if (item.is_string()) patterns.emplace_back(item.get_string());
    return patterns;
}

} // namespace

Result<json::value> parse_json(std::string_view text, std::string_view path) {
    if (text.size() > limit_bytes) return fail(Code::invalid, std::string(path) + " is larger than 2 MiB.");
    json::parse_options options;
    options.allow_comments = true;
    options.allow_trailing_commas = true;
    options.max_depth = 64;
    const std::string clean = to_valid_utf8(text);
    boost::system::error_code error;
    json::value value = json::parse(clean, error, {}, options);
    if (error == json::error::too_deep)
        return fail(Code::invalid, std::string(path) + " is nested too deeply.");
    if (error) return fail(Code::invalid, std::string(path) + " is not valid JSON.");
    return value;
}

const std::string* Manifest::wants(std::string_view wanted) const {
    for (const Names* list : {&dependencies, &development})
        if (const auto found = list->find(wanted); found != list->end()) return &found->second;
    return nullptr;
}

bool Manifest::wants_any(const std::vector<std::string_view>& packages) const {
    return std::ranges::any_of(packages, [&](std::string_view one) { return wants(one) != nullptr; });
}

const std::string* Manifest::script(std::string_view wanted) const {
    const auto found = scripts.find(wanted);
    return found == scripts.end() || trim(found->second).empty() ? nullptr : &found->second;
}

Result<Manifest> parse_manifest(std::string_view text, std::string path) {
    auto value = parse_json(text, path);
    if (!value) return std::unexpected(value.error());
    const auto* root = value->if_object();
    if (root == nullptr) return fail(Code::invalid, path + " does not hold a JSON object.");
    Manifest manifest;
    manifest.path = std::move(path);
    manifest.name = string_member(*root, "name");
    manifest.main = string_member(*root, "main");
    manifest.package_manager = string_member(*root, "packageManager");
    add_strings(manifest.scripts, *root, "scripts");
    add_strings(manifest.dependencies, *root, "dependencies");
    add_strings(manifest.dependencies, *root, "optionalDependencies");
    add_strings(manifest.development, *root, "devDependencies");
    add_strings(manifest.engines, *root, "engines");
    manifest.workspaces = workspaces_of(*root);
    if (const auto* volta = object_member(*root, "volta"))
        manifest.volta_node = string_member(*volta, "node");
    const auto* pnpm = object_member(*root, "pnpm");
    manifest.uses_pnpm_settings = pnpm != nullptr;
    manifest.has_patches =
        root->contains("patchedDependencies") || (pnpm != nullptr && pnpm->contains("patchedDependencies"));
    return manifest;
}

} // namespace panel::framework
