#pragma once
// The release switch: which of a project's slots Caddy sends new requests to, held in marker files that
// Caddy's `file` matcher looks at on each request. Every switch ends in one rename or unlink, so each request
// sees the old or the new slot, never neither. Files in the slots directory:
//
//   <id>.static  serve <sites>/<id>/current from disk
//   <id>.green   proxy to the green port
//   <id>.live    something is live: proxy to the blue port
//   <id>.spa     with static: answer unknown navigation paths with index.html
//
// The first of static, green, live that is there decides; weaker ones may stay beside it. Any thread; one
// writer per project at a time. The database says what should be; reconcile repairs.

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::caddy {

enum class Slot { none, blue, green, static_files };
[[nodiscard]] std::string_view to_string(Slot slot); // "none", "blue", "green", "static"

class SlotMarkers {
  public:
    SlotMarkers(std::filesystem::path slots_directory, std::filesystem::path sites_directory);

    [[nodiscard]] Slot read(std::int64_t project_id) const;
    Result<void> set(std::int64_t project_id, Slot slot,
                     bool single_page_app = false); // Slot::none stops serving
    // Points <sites>/<project>/current at <sites>/<project>/<deployment> by rename. The directory must exist.
    Result<void> publish_static(std::int64_t project_id, std::int64_t deployment_id);
    [[nodiscard]] std::int64_t published_static(std::int64_t project_id) const; // deployment id, 0 when none
    [[nodiscard]] std::filesystem::path static_directory(std::int64_t project_id,
                                                         std::int64_t deployment_id) const;
    [[nodiscard]] bool is_single_page(std::int64_t project_id) const;
    // What is there, whatever the database says; for reconcile.
    [[nodiscard]] std::vector<std::int64_t> list_projects() const; // with markers
    [[nodiscard]] std::vector<std::pair<std::int64_t, std::int64_t>>
    list_files() const; // project and deployment of each directory of static files
    // Temporary files that a writer left which died, once they are older than this.
    void remove_temporary(std::chrono::seconds older_than);
    // Removes every marker and the static files of a deleted project. Links inside are unlinked, not
    // followed.
    Result<void> remove_project(std::int64_t project_id);

  private:
    std::filesystem::path slots_;
    std::filesystem::path sites_;
};

} // namespace panel::caddy
