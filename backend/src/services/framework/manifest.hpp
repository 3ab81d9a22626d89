#pragma once
// package.json as detection needs it, and JSON as people write it: with a byte order mark, comments, trailing
// commas, stray bytes. Pure, any thread. Bounded: text over 2 MiB and nesting over 64 levels are refused with
// one plain sentence (Code::invalid).

#include "base/result.hpp"

#include <boost/json/value.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::framework {

// `path` is for the message alone. Strings in the answer are valid UTF-8.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text, std::string_view path);

using Names = std::map<std::string, std::string, std::less<>>;

struct Manifest {
    std::string path; // from the repository's root
    std::string name;
    std::string main;
    std::string package_manager; // the "packageManager" field: "pnpm@9.12.0+sha..."
    Names scripts;
    Names dependencies; // with optionalDependencies
    Names development;  // devDependencies
    Names engines;
    std::string volta_node;
    std::vector<std::string> workspaces;
    bool has_patches = false; // patchedDependencies: files that the install step reads
    bool uses_pnpm_settings = false;

    // The wanted version of a package in either list, or null.
    [[nodiscard]] const std::string* wants(std::string_view wanted) const;
    [[nodiscard]] bool wants_any(const std::vector<std::string_view>& packages) const;
    // A script's text, or null when there is none or it is empty.
    [[nodiscard]] const std::string* script(std::string_view wanted) const;
};

[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text, std::string path);

} // namespace panel::framework
