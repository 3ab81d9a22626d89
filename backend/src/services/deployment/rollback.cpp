#include "services/deployment/rollback.hpp"

#include "services/deployment/log_text.hpp"
#include "services/deployment/release_record.hpp"

#include <fmt/format.h>

namespace panel::deployment {

Deployment rollback_row(const Deployment& target, Timestamp now) {
    Deployment deployment;
    deployment.project_id = target.project_id;
    deployment.commit_hash = target.commit_hash;
    deployment.commit_message = target.commit_message;
    deployment.commit_author = target.commit_author;
    deployment.branch = target.branch;
    deployment.triggered_by = Trigger::rollback;
    deployment.rollback_of = target.id;
    deployment.created_at = now;
    return deployment;
}

std::vector<std::string> not_restored_by(const std::string& plan_json) {
    std::vector<std::string> sentences{
        "Data that the app keeps in databases, on other servers or in visitors' browsers stays as it is now.",
        "Domains stay as they are now.",
        "Settings and environment variables keep their present values for the next deployment; this release "
        "runs with the ones it had."};
    if (plan_kind(plan_json) != "static")
        sentences.emplace_back("Limits of memory, processor and processes are those that are set now.");
    return sentences;
}

std::string what_switch_back_means(const std::optional<DeploymentDetail>& target) {
    if (!target)
        return "No earlier release is kept: visitors still get this one, which is started again whenever it "
               "stops.";
    return fmt::format("The server goes back to the release of deployment {} by itself.",
                       target->row.deployment.id);
}

std::string switch_back_log(const Deployment& failed, const Explanation& explanation, Timestamp now) {
    LogText log;
    auto bytes =
        log.append(now, fmt::format("==> Deployment {} is given up\n{}\n", failed.id, explanation.sentence));
    if (!explanation.log_text.empty())
        bytes += log.append(now, "==> What it printed last\n" + explanation.log_text);
    return bytes + log.finish(now);
}

} // namespace panel::deployment
