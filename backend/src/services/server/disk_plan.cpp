#include "services/server/disk_plan.hpp"

#include "services/deployment/build_use.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

namespace panel::server {

namespace {

using deployment::say_bytes;

// What a deployment that has just ended or is about to begin made may not be in the record yet.
constexpr std::chrono::minutes settled{30};
constexpr std::chrono::hours idle_repository{24};
constexpr int always_kept = 2; // the live release and the one before it

const char* name_of(DiskKind kind) {
    switch (kind) {
    case DiskKind::image: return "Images";
    case DiskKind::static_files: return "Static files";
    case DiskKind::build_log:
    case DiskKind::access_log: return "Logs";
    case DiskKind::repository: return "Repositories";
    case DiskKind::build_cache: return "The build cache";
    case DiskKind::database: return "The database";
    }
    return "";
}

// Logs of builds and of visitors share one budget.
DiskKind budget_group(DiskKind kind) { return kind == DiskKind::access_log ? DiskKind::build_log : kind; }

class Plan {
  public:
    Plan(const DiskFacts& facts, const DiskSettings& settings)
        : facts_(facts), settings_(settings), budgets_(budgets_on(facts.total_bytes, settings.budgets)) {
        for (const auto& release : facts.releases) users_.emplace(release.item, &release);
        for (const auto kind : {DiskKind::image, DiskKind::static_files, DiskKind::build_log,
                                DiskKind::repository, DiskKind::build_cache, DiskKind::database})
            left_[kind] = 0;
        for (const auto& item : facts.items) left_[budget_group(item.kind)] += item.bytes;
    }

    std::vector<Removal> make() && {
        for (const auto& item : facts_.items) remove_unneeded(item);
        trim_cache();
        trim_releases(DiskKind::image);
        trim_releases(DiskKind::static_files);
        trim_repositories();
        trim_logs();
        return std::move(removals_);
    }

  private:
    [[nodiscard]] std::string project_name(const std::optional<std::int64_t>& id) const {
        if (!id) return "";
        const auto found = facts_.projects.find(*id);
        return found == facts_.projects.end() ? fmt::format("deleted project {}", *id) : found->second;
    }
    [[nodiscard]] bool is_gone(const DiskItem& item) const {
        return item.project_id && !facts_.projects.contains(*item.project_id);
    }
    [[nodiscard]] std::vector<const KeptRelease*> users_of(const DiskItem& item) const {
        std::vector<const KeptRelease*> users;
        const auto [first, last] = users_.equal_range(item.name);
        for (auto user = first; user != last; ++user)
            if (user->second->project_id == item.project_id) users.push_back(user->second);
        return users;
    }
    [[nodiscard]] bool is_planned(const DiskItem& item) const {
        return planned_.contains(std::pair(item.kind, item.name));
    }
    [[nodiscard]] bool is_short() const { return facts_.free_bytes + freed_ < facts_.wanted_bytes; }
    // Why the next item of this kind has to go; "" when none has.
    [[nodiscard]] std::string pressure(DiskKind kind) const {
        if (const auto budget = budget_of(budgets_, kind); budget && left_.at(budget_group(kind)) > *budget)
            return fmt::format("{} are over their budget of {}.", name_of(kind), say_bytes(*budget));
        if (is_short())
            return fmt::format("The disk has {} free and {} are wanted.", say_bytes(facts_.free_bytes),
                               say_bytes(facts_.wanted_bytes));
        return "";
    }

    void add(const DiskItem& item, std::string title, std::string reason,
             std::vector<std::int64_t> releases = {}) {
        add(Removal{item.kind, item.name, std::move(title), item.project_id, item.bytes, std::move(reason),
                    std::move(releases)});
    }
    void add(Removal removal) {
        planned_.emplace(removal.kind, removal.name);
        left_[budget_group(removal.kind)] -= removal.bytes;
        freed_ += removal.bytes;
        removals_.push_back(std::move(removal));
    }

    void remove_unneeded(const DiskItem& item) {
        if (facts_.now - item.created_at < settled) return;
        if (item.project_id && facts_.deploying.contains(*item.project_id)) return;
        const auto owner = project_name(item.project_id);
        switch (item.kind) {
        case DiskKind::image:
        case DiskKind::static_files:
            if (!item.project_id || !users_of(item).empty()) return;
            return add(item, owner,
                       is_gone(item) ? "Its project was deleted." : "No release that is kept needs it.");
        case DiskKind::repository:
            if (facts_.repositories.contains(item.name)) return;
            return add(item, item.name.substr(0, 12), "No project uses this repository.");
        case DiskKind::access_log:
            if (is_gone(item)) add(item, owner, "Its project was deleted.");
            return;
        default: return;
        }
    }

    void trim_cache() {
        if (!settings_.own_engine) return; // records do not say whose they are
        for (const auto& item : facts_.items) {
            if (item.kind != DiskKind::build_cache) continue;
            const auto budget = budgets_.build_cache.value_or(item.bytes);
            const auto why = pressure(item.kind);
            if (why.empty()) continue;
            auto rest = item;
            rest.bytes = is_short() ? item.bytes : std::max<std::int64_t>(item.bytes - budget, 0);
            if (rest.bytes > 0)
                add(rest, "build cache", why + " What was used longest ago goes; builds make it again.");
        }
    }

    void trim_releases(DiskKind kind) {
        for (const auto& item : facts_.items) {
            if (item.kind != kind || is_planned(item)) continue;
            const auto users = users_of(item);
            const bool may_go = !users.empty() && std::ranges::all_of(users, [](const auto* user) {
                return !user->is_in_use && user->age >= always_kept;
            });
            if (!may_go || (item.project_id && facts_.deploying.contains(*item.project_id))) continue;
            const auto why = pressure(kind);
            if (why.empty()) return;
            std::vector<std::int64_t> ids;
            ids.reserve(users.size());
            for (const auto* user : users) ids.push_back(user->deployment_id);
            add(item, fmt::format("{}, deployment {}", project_name(item.project_id), fmt::join(ids, ", ")),
                why + " The release cannot be rolled back to afterwards.", ids);
        }
    }

    void trim_repositories() {
        for (const auto& item : facts_.items) {
            if (item.kind != DiskKind::repository || is_planned(item)) continue;
            if (facts_.now - item.last_used_at < idle_repository) continue;
            const auto why = pressure(item.kind);
            if (why.empty()) return;
            add(item, item.name.substr(0, 12), why + " The next deployment fetches it again.");
        }
    }

    void trim_logs() {
        for (const auto& item : facts_.items) {
            // Caddy writes <id>.log itself; what it has put aside is named after it and packed.
            if (item.kind != DiskKind::access_log || is_planned(item) || !item.name.ends_with(".gz"))
                continue;
            const auto why = pressure(item.kind);
            if (why.empty()) return;
            add(item, project_name(item.project_id), why + " It is the oldest access log.");
        }
        for (const auto& log : facts_.logs) {
            const auto why = pressure(DiskKind::build_log);
            if (why.empty()) return;
            add(Removal{DiskKind::build_log,
                        std::to_string(log.deployment_id),
                        fmt::format("{}, deployment {}", project_name(log.project_id), log.deployment_id),
                        log.project_id,
                        log.bytes,
                        why + " It is the oldest build log.",
                        {}});
        }
    }

    const DiskFacts& facts_;
    const DiskSettings& settings_;
    DiskBudgets budgets_;
    std::multimap<std::string, const KeptRelease*> users_; // by the item that they need
    std::map<DiskKind, std::int64_t> left_;                // bytes, after what is planned
    std::set<std::pair<DiskKind, std::string>> planned_;
    std::int64_t freed_ = 0;
    std::vector<Removal> removals_;
};

} // namespace

std::vector<Removal> plan_removals(const DiskFacts& facts, const DiskSettings& settings) {
    return Plan(facts, settings).make();
}

} // namespace panel::server
