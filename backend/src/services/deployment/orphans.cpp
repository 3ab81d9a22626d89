#include "services/deployment/orphans.hpp"

#include "base/crash_point.hpp"
#include "base/offload.hpp"
#include "database/database.hpp"
#include "database/project_repo.hpp"
#include "database/release_repo.hpp"
#include "services/deployment/release_record.hpp"
#include "services/deployment/site_of.hpp"
#include "services/deployment/world_record.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

namespace panel::deployment {

namespace {

std::int64_t project_of(const std::map<std::string, std::string>& labels) {
    const auto label = labels.find(label_project);
    std::int64_t id = 0;
    if (label != labels.end())
        std::from_chars(label->second.data(), label->second.data() + label->second.size(), id);
    return id;
}

} // namespace

std::string Orphans::Suspect::key() const {
    return fmt::format("{}/{}/{}", static_cast<int>(kind), project_id, name);
}

asio::awaitable<void> Orphans::run() {
    has_suspects_ = false;
    auto suspects = co_await look();
    if (!suspects) co_return;
    std::set<std::string> there;
    for (const auto& suspect : *suspects) there.insert(suspect.key());
    std::erase_if(seen_, [&there](const auto& entry) { return !there.contains(entry.first); });
    for (auto& suspect : *suspects) co_await judge(std::move(suspect));
    auto tidy = [this] { ports_.markers.remove_temporary(temporary_file_age); };
    co_await offload(ports_.pool, std::move(tidy));
}

// Nothing when Docker does not answer: what is not seen must not be forgotten either.
asio::awaitable<std::optional<std::vector<Orphans::Suspect>>> Orphans::look() {
    const auto images = co_await ports_.docker.list_images(label_installation, ports_.settings.installation);
    if (!images) co_return std::nullopt;
    const auto networks =
        co_await ports_.docker.list_networks(label_installation, ports_.settings.installation);
    if (!networks) co_return std::nullopt;
    auto list = [this] { return look_at_files(); };
    auto suspects = co_await offload(ports_.pool, std::move(list));
    for (const auto& image : *images)
        suspects.push_back({Suspect::Kind::image, project_of(image.labels), image.id, image.id, image.tags});
    for (const auto& network : *networks)
        suspects.push_back({Suspect::Kind::network, project_of(network.labels), network.name, "", {}});
    co_return suspects;
}

std::vector<Orphans::Suspect> Orphans::look_at_files() {
    std::vector<Suspect> suspects;
    for (const auto& [project_id, deployment_id] : ports_.markers.list_files())
        suspects.push_back({Suspect::Kind::files,
                            project_id,
                            std::to_string(deployment_id),
                            files_reference(deployment_id),
                            {}});
    for (const auto project_id : ports_.markers.list_projects())
        suspects.push_back({Suspect::Kind::marker, project_id, "", "", {}});
    return suspects;
}

asio::awaitable<void> Orphans::judge(Suspect suspect) {
    if (co_await is_accounted_for(suspect)) {
        seen_.erase(suspect.key());
        co_return;
    }
    const auto now = ports_.clock.now();
    const auto [entry, is_new] = seen_.try_emplace(suspect.key(), now);
    if (is_new) has_suspects_ = true;
    if (now - entry->second < grace) co_return;
    const auto removed = co_await remove(suspect);
    CRASH_POINT("reconcile.orphan.removed");
    if (!removed) co_return; // in use by somebody, or Docker went away
    seen_.erase(suspect.key());
    repairs_.note("orphan",
                  fmt::format("{} of project {} was on no record and is gone",
                              suspect.kind == Suspect::Kind::image     ? "image " + suspect.name
                              : suspect.kind == Suspect::Kind::network ? "network " + suspect.name
                              : suspect.kind == Suspect::Kind::files   ? "files of deployment " + suspect.name
                                                                       : std::string("a marker"),
                              suspect.project_id));
}

asio::awaitable<bool> Orphans::is_accounted_for(const Suspect& suspect) {
    auto read = [&suspect](soci::session& session) {
        if (!database::find_project(session, Principal::system(), suspect.project_id)) return false;
        if (suspect.reference.empty()) return true; // the project is all that it belongs to
        if (is_deploying(session, suspect.project_id)) return true;
        return database::keeps_release_of(session, suspect.project_id, suspect.reference);
    };
    co_return co_await ports_.database.read(std::move(read));
}

// By its tags: an image with several is not removed by its id. With the last tag it goes.
asio::awaitable<Result<void>> Orphans::remove_image(const Suspect& suspect) {
    for (const auto& tag : suspect.tags)
        if (auto removed = co_await ports_.docker.remove_image(tag); !removed) co_return removed;
    if (!suspect.tags.empty()) co_return Result<void>{};
    co_return co_await ports_.docker.remove_image(suspect.name);
}

asio::awaitable<Result<void>> Orphans::remove(const Suspect& suspect) {
    switch (suspect.kind) {
    case Suspect::Kind::image: co_return co_await remove_image(suspect);
    case Suspect::Kind::network: co_return co_await ports_.docker.remove_network(suspect.name);
    case Suspect::Kind::marker: co_return ports_.markers.set(suspect.project_id, caddy::Slot::none);
    case Suspect::Kind::files: break;
    }
    std::int64_t deployment_id = 0;
    std::from_chars(suspect.name.data(), suspect.name.data() + suspect.name.size(), deployment_id);
    auto erase = [directory = ports_.markers.static_directory(suspect.project_id, deployment_id)] {
        std::error_code error;
        std::filesystem::remove_all(directory, error);
        return !error;
    };
    if (co_await offload(ports_.pool, std::move(erase))) co_return Result<void>{};
    co_return fail(Code::internal, "The files cannot be removed.");
}

} // namespace panel::deployment
