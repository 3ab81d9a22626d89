#pragma once
// /projects: list, create, read, change, pin, remove, and a look at a repository beforehand. Loop thread.

#include "api/answer.hpp"
#include "api/context.hpp"
#include "api/json/page_json.hpp"
#include "api/json/project_json.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::api::handlers {

boost::asio::awaitable<Result<Shared<wire::Page<wire::Project>>>> list_projects(Context& context);
boost::asio::awaitable<Result<wire::Project>> create_project(Context& context, wire::ProjectInput body);
boost::asio::awaitable<Result<Shared<wire::Project>>> read_project(Context& context);
boost::asio::awaitable<Result<wire::Project>> change_project(Context& context, wire::ProjectPatch body);
boost::asio::awaitable<Result<void>> remove_project(Context& context);
// The live deployment stays live: pushes do not replace it until the pin is released.
boost::asio::awaitable<Result<wire::Project>> pin_project(Context& context, wire::PinInput body);
boost::asio::awaitable<Result<wire::Project>> release_pin(Context& context);
boost::asio::awaitable<Result<wire::Plan>> detect_project(Context& context, wire::DetectInput body);

} // namespace panel::api::handlers
