#pragma once
// Cleaning the disk as a call between processes: what a worker's desk answers a web process. Pure.

#include "services/server/disk_report.hpp"

#include <boost/json/object.hpp>

namespace panel::server {

inline constexpr const char* clean_disk_call = "clean_disk";

[[nodiscard]] boost::json::object clean_disk_request(bool dry_run);
[[nodiscard]] bool is_dry_run(const boost::json::object& request); // also when it does not say
[[nodiscard]] boost::json::object to_object(const Cleaned& cleaned);
[[nodiscard]] Cleaned cleaned_of(const boost::json::object& answer);

} // namespace panel::server
