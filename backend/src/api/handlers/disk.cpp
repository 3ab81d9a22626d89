#include "api/handlers/disk.hpp"

#include "services/server/disk_report.hpp"

namespace panel::api::handlers {

namespace asio = boost::asio;

asio::awaitable<Result<wire::Disk>> read_disk(Context& context) {
    const auto status = co_await context.services().disk.read();
    co_return wire::to_wire(status);
}

asio::awaitable<Result<wire::DiskCleaned>> clean_disk(Context& context, wire::DiskCleanInput body) {
    const auto cleaned = co_await context.services().clean_disk(body.dry_run.value_or(false));
    if (!cleaned) co_return std::unexpected(cleaned.error());
    co_return wire::to_wire(*cleaned);
}

} // namespace panel::api::handlers
