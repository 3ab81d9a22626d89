#pragma once
// The topics that a WebSocket may subscribe to, by name (docs/api.md, "The WebSocket"). Pure, any thread.

#include <cstdint>
#include <optional>
#include <string_view>

namespace panel::api {

struct Topic {
    enum class Kind {
        deployment,          // "deployment:12"
        deployment_log,      // "deployment:12:log"
        project_deployments, // "project:3:deployments"
        project_logs,        // "project:3:logs"
        projects,            // "projects"
    };
    Kind kind = Kind::projects;
    std::int64_t id = 0; // of the deployment or project

    friend bool operator==(const Topic&, const Topic&) = default;
};

// nullopt for anything that is not a topic's one spelling.
[[nodiscard]] std::optional<Topic> parse_topic(std::string_view name);

} // namespace panel::api
