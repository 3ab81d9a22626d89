#pragma once
// Says that this server lives and what it does (Asynq's list of servers), and keeps the leases of the tasks
// that run here. Owned by RedisQueue; spawn run() in a task group. Loop thread only.

#include "services/queue/asynq/task_store.hpp"
#include "services/queue/asynq/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace panel::queue::asynq {

class Heartbeat {
  public:
    // Both must outlive it.
    Heartbeat(TaskStore& store, const Worker& worker);

    boost::asio::awaitable<void> run(); // until cancelled
    // One beat: status "closed" once the worker stops.
    boost::asio::awaitable<void> beat();
    // Takes the server off the lists.
    boost::asio::awaitable<void> clear();

    [[nodiscard]] const std::string& server_id() const { return server_id_; }

  private:
    boost::asio::awaitable<void> say();
    boost::asio::awaitable<void> keep_leases();
    [[nodiscard]] std::vector<std::string> description() const;

    TaskStore& store_;
    const Worker& worker_;
    std::string host_;
    std::string server_id_;
    std::string name_; // "host:pid:server id"
    Timestamp started_;
};

} // namespace panel::queue::asynq
