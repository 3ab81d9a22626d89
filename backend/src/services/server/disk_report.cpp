#include "services/server/disk_report.hpp"

#include "database/deployment_repo.hpp"
#include "database/project_repo.hpp"
#include "services/deployment/release_record.hpp"
#include "services/git/mirror.hpp"
#include "services/server/disk_forecast.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace panel::server {

namespace {

constexpr std::chrono::hours forecast_window{24 * 7};
constexpr std::chrono::hours log_peace{24}; // builds of the last day are still being read about
constexpr int most_logs = 1000;             // in one plan

std::string item_of(const database::KeptImage& image) {
    Release release;
    release.image_id = image.image_id;
    const auto files = deployment::static_files_of(release);
    return files == 0 ? image.image_id : fmt::format("{}/{}", image.project_id, files);
}

void read_releases(soci::session& session, DiskFacts& facts) {
    int age = 0;
    std::int64_t project = 0;
    for (const auto& image : database::list_kept_images(session)) {
        if (image.project_id != project) age = 0;
        project = image.project_id;
        facts.releases.push_back(
            {image.deployment_id, image.project_id, item_of(image), image.is_in_use, age++});
    }
}

constexpr std::array category_kinds{
    std::pair{"images", DiskKind::image},
    std::pair{"build_cache", DiskKind::build_cache},
    std::pair{"static_files", DiskKind::static_files},
    std::pair{"logs", DiskKind::build_log},
    std::pair{"repositories", DiskKind::repository},
    std::pair{"database", DiskKind::database},
};

std::vector<DiskCategory> categories_of(const DiskFacts& facts, const DiskBudgets& budgets) {
    std::vector<DiskCategory> categories;
    for (const auto& [name, kind] : category_kinds) {
        DiskCategory category{name, 0, budget_of(budgets, kind)};
        for (const auto& item : facts.items)
            if (item.kind == kind || (kind == DiskKind::build_log && item.kind == DiskKind::access_log))
                category.bytes += item.bytes;
        categories.push_back(std::move(category));
    }
    return categories;
}

} // namespace

DiskFacts read_disk_facts(soci::session& session, Timestamp now, std::int64_t wanted_bytes) {
    DiskFacts facts;
    facts.now = now;
    facts.wanted_bytes = wanted_bytes;
    facts.items = database::list_disk_items(session);
    facts.logs = database::list_stored_logs(session, now - log_peace, most_logs);
    for (const auto& project : database::list_all_projects(session)) {
        facts.projects[project.id] = project.name;
        if (const auto url = GitUrl::parse(project.git_url))
            facts.repositories.insert(git::mirror_directory("", *url).string());
    }
    read_releases(session, facts);
    for (const auto& deployment : database::unfinished_deployments(session, 0))
        facts.deploying.insert(deployment.project_id);
    if (const auto reading = database::latest_disk_reading(session)) {
        facts.total_bytes = reading->total_bytes;
        facts.free_bytes = reading->free_bytes;
    }
    return facts;
}

boost::asio::awaitable<DiskStatus> DiskReport::read() {
    const auto now = clock_.now();
    auto read = [this, now](soci::session& session) {
        DiskStatus status;
        const auto facts = read_disk_facts(session, now, 0);
        status.reading = database::latest_disk_reading(session).value_or(DiskReading{});
        status.full_at = full_at(database::disk_readings_since(session, now - forecast_window));
        status.categories = categories_of(facts, budgets_on(facts.total_bytes, settings_.budgets));
        status.removable = plan_removals(facts, settings_);
        return status;
    };
    co_return co_await database_.read(std::move(read));
}

} // namespace panel::server
