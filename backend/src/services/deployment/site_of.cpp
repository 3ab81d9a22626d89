#include "services/deployment/site_of.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panel::deployment {

std::string default_domain(const Project& project, const Settings& settings) {
    return project.name + "." + settings.app_domain;
}

Result<caddy::Site> site_of(const Project& project, const std::vector<Domain>& domains,
                            const Settings& settings) {
    caddy::Site site;
    site.project_id = project.id;
    site.blue_port = slot_port(project, caddy::Slot::blue);
    site.green_port = slot_port(project, caddy::Slot::green);
    auto own = DomainName::parse(default_domain(project, settings));
    if (!own) return std::unexpected(own.error());
    site.domains.push_back({std::move(*own), settings.https});
    for (const auto& row : domains) {
        auto name = DomainName::parse(row.domain);
        if (!name) return std::unexpected(name.error());
        caddy::SiteDomain domain{std::move(*name), row.tls && settings.https};
        site.domains.insert(row.is_primary ? site.domains.begin() : site.domains.end(), std::move(domain));
    }
    return site;
}

std::string url_of(const Project& project, const std::vector<Domain>& domains, const Settings& settings) {
    const auto primary = std::ranges::find_if(domains, &Domain::is_primary);
    const auto host = primary == domains.end() ? default_domain(project, settings) : primary->domain;
    const bool tls = settings.https && (primary == domains.end() || primary->tls);
    if (tls) return "https://" + host;
    const std::uint16_t port = settings.https ? 80 : settings.app_port;
    return port == 80 ? "http://" + host : fmt::format("http://{}:{}", host, port);
}

std::string container_name(const Settings& settings, std::int64_t project_id, caddy::Slot slot) {
    return fmt::format("{}-p{}-{}", settings.name_prefix, project_id, caddy::to_string(slot));
}
std::string export_name(const Settings& settings, std::int64_t project_id) {
    return fmt::format("{}-p{}-export", settings.name_prefix, project_id);
}
std::string network_name(const Settings& settings, std::int64_t project_id) {
    return fmt::format("{}-p{}", settings.name_prefix, project_id);
}
std::string image_tag(const Settings& settings, std::int64_t project_id, std::int64_t deployment_id) {
    return fmt::format("{}/p{}:d{}", settings.name_prefix, project_id, deployment_id);
}

std::uint16_t slot_port(const Project& project, caddy::Slot slot) {
    return static_cast<std::uint16_t>(slot == caddy::Slot::green ? project.green_port()
                                                                 : project.blue_port());
}

caddy::Slot parse_slot(std::string_view text) {
    for (const auto slot : {caddy::Slot::blue, caddy::Slot::green, caddy::Slot::static_files})
        if (caddy::to_string(slot) == text) return slot;
    return caddy::Slot::none;
}

} // namespace panel::deployment
