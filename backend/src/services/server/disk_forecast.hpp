#pragma once
// When the disk will be full if it goes on filling as it did lately: a straight line through the readings.
// Pure.

#include "base/clock.hpp"
#include "models/disk.hpp"

#include <optional>
#include <vector>

namespace panel::server {

// Nothing while there are too few readings to say, while the disk does not fill, or when it takes more than a
// year. `readings` in the order of their times.
[[nodiscard]] std::optional<Timestamp> full_at(const std::vector<DiskReading>& readings);

} // namespace panel::server
