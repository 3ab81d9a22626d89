#include "services/server/disk_survey.hpp"

#include "base/offload.hpp"
#include "database/disk_repo.hpp"
#include "services/deployment/settings.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace panel::server {

namespace fs = std::filesystem;

namespace {

using Known = std::map<std::string, DiskItem>; // of one kind, by name

std::optional<std::int64_t> parse_id(std::string_view text) {
    std::int64_t id = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
    return failure == std::errc{} && end == text.data() + text.size() && id > 0 ? std::optional(id)
                                                                                : std::nullopt;
}

struct FileState {
    std::int64_t bytes = 0;
    Timestamp changed_at;
};

std::optional<FileState> state_of(const fs::path& path) {
    struct stat state{};
    if (::lstat(path.c_str(), &state) != 0) return std::nullopt;
    return FileState{static_cast<std::int64_t>(state.st_blocks) * 512,
                     from_milliseconds(static_cast<long long>(state.st_mtime) * 1000)};
}

template <class Function> void each_entry(const fs::path& directory, Function function) {
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
        function(entry->path());
}

// <static>/<project>/<deployment>: written once, so measured once.
void walk_static_files(const fs::path& root, const Known& known, Survey& survey) {
    each_entry(root, [&](const fs::path& project) {
        const auto project_id = parse_id(project.filename().string());
        if (!project_id) return;
        each_entry(project, [&](const fs::path& release) {
            const auto state = state_of(release);
            if (!parse_id(release.filename().string()) || !state) return;
            const auto name = fmt::format("{}/{}", *project_id, release.filename().string());
            const auto found = known.find(name);
            const bool is_same = found != known.end() && found->second.created_at == state->changed_at;
            const auto bytes = is_same ? found->second.bytes : bytes_below(release);
            survey.items.push_back(
                {DiskKind::static_files, name, project_id, bytes, state->changed_at, state->changed_at});
        });
    });
    survey.kinds.push_back(DiskKind::static_files);
}

// Each fetch writes FETCH_HEAD: its time says when a mirror was used, and whether it can have grown.
void walk_repositories(const fs::path& root, const Known& known, Survey& survey) {
    each_entry(root, [&](const fs::path& mirror) {
        const auto name = mirror.filename().string();
        const auto state = state_of(mirror);
        if (!name.ends_with(".git") || !state) return;
        const auto fetched = state_of(mirror / "FETCH_HEAD").value_or(*state).changed_at;
        const auto found = known.find(name);
        const bool is_same = found != known.end() && found->second.last_used_at == fetched;
        const auto created = found != known.end() ? found->second.created_at : state->changed_at;
        survey.items.push_back({DiskKind::repository, name, std::nullopt,
                                is_same ? found->second.bytes : bytes_below(mirror), created, fetched});
    });
    survey.kinds.push_back(DiskKind::repository);
}

// <id>.log of Caddy, and what it has put aside: <id>-<time>.log.gz.
void walk_access_logs(const fs::path& root, Survey& survey) {
    each_entry(root, [&](const fs::path& file) {
        const auto name = file.filename().string();
        const auto project_id =
            parse_id(std::string_view(name).substr(0, name.find_first_not_of("0123456789")));
        const auto state = state_of(file);
        if (!project_id || !state || !(name.ends_with(".log") || name.ends_with(".log.gz"))) return;
        survey.items.push_back(
            {DiskKind::access_log, name, project_id, state->bytes, state->changed_at, state->changed_at});
    });
    survey.kinds.push_back(DiskKind::access_log);
}

void read_database(soci::session& session, Timestamp now, Survey& survey) {
    std::int64_t logs = 0;
    for (const auto& total : database::list_log_totals(session)) {
        logs += total.bytes;
        survey.items.push_back({DiskKind::build_log, fmt::format("project {}", total.project_id),
                                total.project_id, total.bytes, total.oldest_at, now});
    }
    const auto rest = std::max<std::int64_t>(database::database_bytes(session) - logs, 0);
    survey.items.push_back({DiskKind::database, "database", std::nullopt, rest, now, now});
    survey.kinds.push_back(DiskKind::build_log);
    survey.kinds.push_back(DiskKind::database);
}

} // namespace

std::int64_t bytes_below(const fs::path& directory) {
    std::int64_t bytes = 0;
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(directory, options, error), end; !error && entry != end;
         entry.increment(error))
        if (const auto state = state_of(entry->path())) bytes += state->bytes;
    return bytes;
}

boost::asio::awaitable<void> DiskSurvey::measure_engine(Survey& survey, Timestamp now) {
    const auto disk = co_await engine_.disk_usage(deployment::label_installation, settings_.installation);
    if (!disk) co_return; // the engine is away: the ledger keeps what it knows
    for (const auto& image : disk->images) {
        const auto label = image.labels.find(deployment::label_project);
        const auto project = label == image.labels.end() ? std::nullopt : parse_id(label->second);
        const auto created = from_milliseconds(image.created_at * 1000);
        survey.items.push_back({DiskKind::image, image.id, project, image.unique_bytes, created, created});
    }
    std::int64_t cache = 0;
    for (const auto& record : disk->cache)
        if (!record.shared) cache += record.size_bytes;
    survey.items.push_back({DiskKind::build_cache, "build cache", std::nullopt, cache, now, now});
    survey.kinds.push_back(DiskKind::image);
    survey.kinds.push_back(DiskKind::build_cache);
}

boost::asio::awaitable<Survey> DiskSurvey::measure(Timestamp now) {
    Survey survey;
    co_await measure_engine(survey, now);
    auto read = [&survey, now](soci::session& session) {
        read_database(session, now, survey);
        std::map<DiskKind, Known> known;
        for (auto& item : database::list_disk_items(session)) known[item.kind][item.name] = item;
        return known;
    };
    auto known = co_await database_.read(std::move(read));
    // The walk runs to its end even when this is cancelled: it works on a survey of its own.
    auto walk = [this, known = std::move(known)]() mutable {
        Survey files;
        walk_static_files(settings_.static_directory, known[DiskKind::static_files], files);
        walk_repositories(settings_.data_directory / "repositories", known[DiskKind::repository], files);
        walk_access_logs(settings_.log_directory, files);
        return files;
    };
    const auto files = co_await offload(pool_, std::move(walk));
    survey.items.insert(survey.items.end(), files.items.begin(), files.items.end());
    survey.kinds.insert(survey.kinds.end(), files.kinds.begin(), files.kinds.end());
    co_return survey;
}

} // namespace panel::server
