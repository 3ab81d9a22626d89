#pragma once
// What a process without Docker asks of one that has it, over the worker's socket
// `<directory>/worker-<n>.sock`: a few calls, each about one project by its id, never about a container, an
// image or a command. The caller has checked who asks; the worker looks up itself what belongs to the
// project. Owned by App of the role web. Loop thread only. Errors: unavailable ("no worker runs"), and those
// of the call itself.

#include "base/result.hpp"
#include "services/docker/docker_engine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace panel::deployment {

struct LiveMetrics;

class WorkerCalls {
  public:
    explicit WorkerCalls(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // Docker answers a worker; the sentence about what does not is the error.
    boost::asio::awaitable<Result<void>> check();
    boost::asio::awaitable<Result<std::string>> log(std::int64_t project_id, int tail);
    boost::asio::awaitable<Result<void>> follow_log(std::int64_t project_id, docker::LogSink sink);
    boost::asio::awaitable<Result<LiveMetrics>> metrics(std::int64_t project_id);
    boost::asio::awaitable<Result<void>> remove_project(std::int64_t project_id);

    // A call that the worker's App has added to its desk: about this server as a whole.
    boost::asio::awaitable<Result<boost::json::object>> ask(boost::json::object request);

  private:
    // Each answer but the last goes to `on_part`; the last one is the result.
    boost::asio::awaitable<Result<boost::json::object>>
    call(boost::json::object request, std::chrono::milliseconds deadline, docker::LogSink on_part);
    [[nodiscard]] std::vector<std::filesystem::path> sockets() const;

    std::filesystem::path directory_;
};

} // namespace panel::deployment
