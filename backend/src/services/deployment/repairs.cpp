#include "services/deployment/repairs.hpp"

#include "database/database.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace panel::deployment {

void Repairs::note(const std::string& kind, const std::string& sentence) {
    ++counts_[kind];
    spdlog::warn("repaired: {}", sentence);
}

asio::awaitable<void> Repairs::store(database::Database& database) {
    const auto counted = counts_; // more may be noted meanwhile
    database::RepairCounts more;
    for (const auto& [kind, count] : counted)
        if (const auto stored = stored_[kind]; count > stored) more[kind] = count - stored;
    if (more.empty()) co_return;
    auto add = [&more](soci::session& session) { database::add_repairs(session, more); };
    co_await database.write(std::move(add));
    stored_ = counted;
}

void Repairs::unreachable(const std::string& part, const std::string& why) {
    if (!std::exchange(away_[part], true)) spdlog::warn("{} cannot be looked after: {}", part, why);
}

void Repairs::reachable(const std::string& part) {
    if (std::exchange(away_[part], false)) spdlog::info("{} can be looked after again", part);
}

} // namespace panel::deployment
