#pragma once
// Drops completed tasks when their retention is over. Owned by RedisQueue; spawn run() in a task group. Loop
// thread only.

#include "services/queue/asynq/task_store.hpp"

#include <boost/asio/awaitable.hpp>

namespace panel::queue::asynq {

class Janitor {
  public:
    explicit Janitor(TaskStore& store) : store_(store) {}

    boost::asio::awaitable<void> run(); // until cancelled
    boost::asio::awaitable<void> clean_all();

  private:
    TaskStore& store_;
};

} // namespace panel::queue::asynq
