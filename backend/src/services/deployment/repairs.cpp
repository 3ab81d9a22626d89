#include "services/deployment/repairs.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace panel::deployment {

void Repairs::note(const std::string& kind, const std::string& sentence) {
    ++counts_[kind];
    spdlog::warn("repaired: {}", sentence);
}

void Repairs::unreachable(const std::string& part, const std::string& why) {
    if (!std::exchange(away_[part], true)) spdlog::warn("{} cannot be looked after: {}", part, why);
}

void Repairs::reachable(const std::string& part) {
    if (std::exchange(away_[part], false)) spdlog::info("{} can be looked after again", part);
}

} // namespace panel::deployment
