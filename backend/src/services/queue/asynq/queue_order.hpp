#pragma once
// In which order a worker asks its queues for work. Weighted: drawn anew for each look, so that a queue comes
// first in proportion to its weight and none starves. Strict: by weight, always. Loop thread only.

#include <map>
#include <random>
#include <string>
#include <vector>

namespace panel::queue::asynq {

class QueueOrder {
  public:
    // Queues with a weight below 1 are left out.
    QueueOrder(const std::map<std::string, int>& weights, bool strict);

    [[nodiscard]] std::vector<std::string> next();
    [[nodiscard]] std::size_t size() const { return queues_.size(); }

  private:
    struct Queue {
        std::string name;
        int weight;
    };
    std::vector<Queue> queues_; // the heaviest first
    bool strict_;
    std::minstd_rand generator_{std::random_device{}()};
};

} // namespace panel::queue::asynq
