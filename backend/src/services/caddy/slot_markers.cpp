#include "services/caddy/slot_markers.hpp"

#include "base/crash_point.hpp"
#include "services/caddy/durable_file.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <system_error>

namespace panel::caddy {
namespace {

namespace fs = std::filesystem;

fs::path marker(const fs::path& slots, std::int64_t project_id, std::string_view kind) {
    return slots / fmt::format("{}.{}", project_id, kind);
}

bool is_present(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

Result<void> put(const fs::path& path) { return is_present(path) ? Result<void>{} : replace_file(path, ""); }

Result<void> fail_with(std::string_view action, const fs::path& path, const std::error_code& error) {
    spdlog::error("cannot {} {}: {}", action, path.native(), error.message());
    return fail(Code::internal, "A file of the server's data directory cannot be written.");
}

std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entries(directory, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error))
        names.push_back(entries->path().filename().native());
    return names;
}

// The number that a name begins with, up to `end` ('\0': the whole name); 0 when there is none.
std::int64_t leading_number(std::string_view name, char end) {
    std::int64_t id = 0;
    const auto [rest, failure] = std::from_chars(name.data(), name.data() + name.size(), id);
    const bool is_whole = rest == name.data() + name.size();
    const bool is_ended = end == '\0' ? is_whole : !is_whole && *rest == end;
    return failure == std::errc{} && is_ended ? id : 0;
}

void remove_if_older(const fs::path& path, std::chrono::seconds age) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) return;
    const auto written = std::chrono::system_clock::from_time_t(status.st_mtime);
    std::error_code ignored;
    if (std::chrono::system_clock::now() - written > age) fs::remove(path, ignored);
}

struct Step {
    bool is_put;
    std::string_view kind;
};

Result<void> take_steps(const fs::path& slots, std::int64_t project_id, std::initializer_list<Step> steps) {
    for (const auto& step : steps) {
        const auto path = marker(slots, project_id, step.kind);
        const auto done = step.is_put ? put(path) : remove_file(path);
        if (!done) return done;
        CRASH_POINT("caddy.marker.written");
    }
    return sync_directory(slots);
}

} // namespace

std::string_view to_string(Slot slot) {
    switch (slot) {
    case Slot::none: return "none";
    case Slot::blue: return "blue";
    case Slot::green: return "green";
    case Slot::static_files: return "static";
    }
    return "none";
}

SlotMarkers::SlotMarkers(fs::path slots_directory, fs::path sites_directory)
    : slots_(std::move(slots_directory)), sites_(std::move(sites_directory)) {}

Slot SlotMarkers::read(std::int64_t project_id) const {
    if (is_present(marker(slots_, project_id, "static"))) return Slot::static_files;
    if (is_present(marker(slots_, project_id, "green"))) return Slot::green;
    return is_present(marker(slots_, project_id, "live")) ? Slot::blue : Slot::none;
}

// Caddy asks for static, then green, then live, and a switch may happen between two of these questions. So
// exactly one step of each list changes the answer, the steps before it touch only markers that a stronger
// one hides, and a marker that stood for the old slot stays when a stronger one hides it: a request that has
// just missed the new marker still finds the old one.
Result<void> SlotMarkers::set(std::int64_t project_id, Slot slot, bool single_page_app) {
    std::error_code error;
    fs::create_directories(slots_, error);
    if (error) return fail_with("create", slots_, error);
    const auto current = read(project_id);
    switch (slot) {
    case Slot::none:
        if (current == Slot::blue) return take_steps(slots_, project_id, {{false, "live"}, {false, "spa"}});
        return take_steps(slots_, project_id,
                          {{false, "live"}, {false, "green"}, {false, "static"}, {false, "spa"}});
    case Slot::blue:
        if (current == Slot::static_files)
            return take_steps(slots_, project_id, {{false, "green"}, {true, "live"}, {false, "static"}});
        return take_steps(slots_, project_id, {{true, "live"}, {false, "green"}});
    case Slot::green:
        return take_steps(slots_, project_id, {{true, "green"}, {false, "static"}, {true, "live"}});
    case Slot::static_files:
        return take_steps(slots_, project_id, {{single_page_app, "spa"}, {true, "static"}, {true, "live"}});
    }
    return {};
}

fs::path SlotMarkers::static_directory(std::int64_t project_id, std::int64_t deployment_id) const {
    return sites_ / std::to_string(project_id) / std::to_string(deployment_id);
}

Result<void> SlotMarkers::publish_static(std::int64_t project_id, std::int64_t deployment_id) {
    const auto target = static_directory(project_id, deployment_id);
    std::error_code error;
    if (fs::symlink_status(target, error).type() != fs::file_type::directory) {
        return fail(Code::not_found, "The files of this release are gone.");
    }
    const auto project = target.parent_path();
    const auto temporary = project / ".current.tmp";
    fs::remove(temporary, error);
    fs::create_symlink(std::to_string(deployment_id), temporary, error);
    if (error) return fail_with("link", temporary, error);
    CRASH_POINT("caddy.link.made");
    fs::rename(temporary, project / "current", error);
    if (error) return fail_with("rename", temporary, error);
    return sync_directory(project);
}

std::int64_t SlotMarkers::published_static(std::int64_t project_id) const {
    std::error_code error;
    const auto target = fs::read_symlink(sites_ / std::to_string(project_id) / "current", error).native();
    std::int64_t deployment_id = 0;
    const auto parsed = std::from_chars(target.data(), target.data() + target.size(), deployment_id);
    return error || parsed.ec != std::errc{} || parsed.ptr != target.data() + target.size() ? 0
                                                                                            : deployment_id;
}

bool SlotMarkers::is_single_page(std::int64_t project_id) const {
    return is_present(marker(slots_, project_id, "spa"));
}

std::vector<std::int64_t> SlotMarkers::list_projects() const {
    std::vector<std::int64_t> ids;
    for (const auto& name : names_in(slots_))
        if (const auto id = leading_number(name, '.'); id != 0) ids.push_back(id);
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    return ids;
}

std::vector<std::pair<std::int64_t, std::int64_t>> SlotMarkers::list_files() const {
    std::vector<std::pair<std::int64_t, std::int64_t>> files;
    for (const auto& project : names_in(sites_)) {
        const auto project_id = leading_number(project, '\0');
        if (project_id == 0) continue;
        for (const auto& name : names_in(sites_ / project))
            if (const auto id = leading_number(name, '\0'); id != 0) files.emplace_back(project_id, id);
    }
    return files;
}

void SlotMarkers::remove_temporary(std::chrono::seconds older_than) {
    std::vector<fs::path> directories{slots_};
    for (const auto& project : names_in(sites_)) directories.push_back(sites_ / project);
    for (const auto& directory : directories)
        for (const auto& name : names_in(directory))
            if (name.starts_with('.') && name.ends_with(".tmp"))
                remove_if_older(directory / name, older_than);
}

Result<void> SlotMarkers::remove_project(std::int64_t project_id) {
    if (is_present(slots_)) {
        if (auto removed = set(project_id, Slot::none); !removed) return removed;
        for (const auto* kind : {"live", "green", "static", "spa"}) // those that a killed switch had begun
            if (auto removed = remove_file(marker(slots_, project_id, kind)); !removed) return removed;
    }
    const auto directory = sites_ / std::to_string(project_id);
    std::error_code error;
    fs::remove_all(directory, error); // unlinks links, never follows them
    return error ? fail_with("remove", directory, error) : Result<void>{};
}

} // namespace panel::caddy
