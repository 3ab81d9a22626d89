#pragma once
// Where the disk goes, and making room on it: for administrators. Loop thread.

#include "api/context.hpp"
#include "api/json/disk_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<wire::Disk>> read_disk(Context& context);
// Measures anew, then removes what may go, or only says what would. Errors: unavailable.
boost::asio::awaitable<Result<wire::DiskCleaned>> clean_disk(Context& context, wire::DiskCleanInput body);

} // namespace panel::api::handlers
