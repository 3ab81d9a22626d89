#include "services/server/project_urls.hpp"

#include "database/domain_repo.hpp"
#include "models/project.hpp"
#include "services/deployment/site_of.hpp"

#include <vector>

namespace panel::server {

boost::asio::awaitable<Urls> ProjectUrls::of(std::span<const DeploymentRow> rows) {
    const auto version = database_.generation(); // before the query: what is read may be newer, never older
    if (version != version_) known_.clear();
    version_ = version;
    Urls out;
    std::vector<Project> missing;
    for (const auto& row : rows) {
        const auto id = row.deployment.project_id;
        if (out.contains(id)) continue;
        const auto known = known_.find(id);
        out[id] = known == known_.end() ? "" : known->second;
        if (known != known_.end()) continue;
        missing.emplace_back().id = id;
        missing.back().name = row.project_name;
    }
    if (missing.empty()) co_return out;
    auto read = [&missing](soci::session& session) {
        std::map<std::int64_t, std::vector<Domain>> domains;
        for (const auto& project : missing) domains[project.id] = database::list_domains(session, project.id);
        return domains;
    };
    const auto domains = co_await database_.read(std::move(read));
    for (const auto& project : missing) {
        out[project.id] = deployment::url_of(project, domains.at(project.id), settings_);
        if (version == version_)
            known_[project.id] = out[project.id]; // else another call has moved on meanwhile
    }
    co_return out;
}

} // namespace panel::server
