#include "services/deployment/deadlines.hpp"

#include "services/deployment/explain.hpp"

#include <fmt/format.h>

namespace panel::deployment {

std::chrono::milliseconds build_limit_of(const Settings& settings) {
    return settings.build_timeout + settings.limits.margin;
}

std::optional<std::chrono::milliseconds> limit_of(Action action, const Settings& settings) {
    const auto& limits = settings.limits;
    switch (action) {
    case Action::fetch: return limits.clone;
    case Action::detect: return limits.detect;
    case Action::build: return limits.build_wait + build_limit_of(settings);
    case Action::export_files: return limits.export_files;
    case Action::retire_warm:
    case Action::stop_previous: return settings.drain_timeout + limits.stop;
    case Action::start: return limits.start;
    case Action::check_health: return settings.health_timeout + limits.margin;
    case Action::route: return limits.route;
    case Action::switch_over: return limits.switch_over;
    case Action::confirm_route: return settings.route_timeout + limits.margin;
    case Action::commit_live: return std::nullopt;
    case Action::drain: return settings.drain_timeout + limits.margin;
    case Action::finish_success:
    case Action::finish_failed: return limits.finish;
    case Action::undo_switch: return limits.undo_switch;
    case Action::remove_new: return limits.remove_new;
    }
    return limits.margin;
}

namespace {

struct Words {
    const char* what; // "... took longer than 10 min"
    const char* next_step;
};

Words words_of(Action action) {
    constexpr const char* docker =
        "Check that Docker runs on the server and is not overloaded, then deploy again.";
    constexpr const char* caddy = "Check that Caddy runs on the server, then deploy again.";
    switch (action) {
    case Action::fetch:
        return {"Fetching the repository", "Check that the git server answers, then deploy again."};
    case Action::detect:
        return {"Looking at the repository",
                "Set the root directory in Settings if the repository is very large, then deploy again."};
    case Action::build:
        return {"The build", "Make the build faster, or raise the server's build time limit."};
    case Action::export_files: return {"Copying the built files out of their image", docker};
    case Action::retire_warm: return {"Stopping the release that was kept warm", docker};
    case Action::start: return {"Starting the container", docker};
    case Action::check_health: return {"The health check", docker};
    case Action::route: return {"Giving Caddy the site", caddy};
    case Action::switch_over: return {"Switching to the new release", "Check the disk of the server."};
    case Action::confirm_route: return {"The request through Caddy", caddy};
    default: return {"The last step", "Deploy the commit again."};
    }
}

std::string in_words(std::chrono::milliseconds limit) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(limit).count();
    return seconds >= 120 && seconds % 60 == 0 ? fmt::format("{} minutes", seconds / 60)
                                               : fmt::format("{} s", seconds);
}

} // namespace

Explanation explain_deadline(Action action, std::chrono::milliseconds limit) {
    const auto words = words_of(action);
    return explain_error("deadline",
                         fmt::format("{} took longer than {} and was stopped (step {}).", words.what,
                                     in_words(limit), to_string(step_of(action))),
                         words.next_step);
}

Explanation explain_slow_start(std::chrono::milliseconds limit) {
    return explain_error("deadline",
                         fmt::format("Getting ready took longer than {} and was stopped.", in_words(limit)),
                         "Check that Docker runs on the server and is not overloaded, then deploy again.");
}

} // namespace panel::deployment
