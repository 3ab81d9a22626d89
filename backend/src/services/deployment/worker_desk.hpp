#pragma once
// Answers the calls of WorkerCalls in the process that has Docker: typed requests about a project's id,
// looked up here; anything else is refused. Owned by App of the roles all and worker. Loop thread only.
// co_await stop() before it goes.

#include "net/message_socket.hpp"
#include "services/deployment/live_release.hpp"
#include "services/deployment/project_cleaner.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace panel::deployment {

class WorkerDesk {
  public:
    WorkerDesk(boost::asio::any_io_executor executor, Ports& ports, LiveRelease& live,
               ProjectCleaner& cleaner);

    using Extra = std::function<boost::asio::awaitable<Result<boost::json::object>>(boost::json::object)>;
    // One more call, which is about this server as a whole.
    void add(std::string name, Extra extra) { extras_[std::move(name)] = std::move(extra); }

    // Errors: unavailable.
    Result<void> listen(const std::filesystem::path& socket) { return server_.listen(socket); }
    boost::asio::awaitable<void> stop(std::chrono::milliseconds patience) { return server_.stop(patience); }

  private:
    boost::asio::awaitable<void> answer(std::string request, net::MessageCaller& caller);
    boost::asio::awaitable<Result<boost::json::object>> perform(boost::json::object request,
                                                                net::MessageCaller& caller);
    boost::asio::awaitable<Result<boost::json::object>> check();
    boost::asio::awaitable<Result<boost::json::object>> log(std::int64_t project_id, int tail,
                                                            net::MessageCaller& caller);
    boost::asio::awaitable<Result<boost::json::object>> follow_log(std::int64_t project_id,
                                                                   net::MessageCaller& caller);
    boost::asio::awaitable<Result<boost::json::object>> metrics(std::int64_t project_id);
    boost::asio::awaitable<Result<boost::json::object>> remove_project(std::int64_t project_id);

    Ports& ports_;
    LiveRelease& live_;
    ProjectCleaner& cleaner_;
    std::map<std::string, Extra> extras_;
    net::MessageServer server_;
};

} // namespace panel::deployment
