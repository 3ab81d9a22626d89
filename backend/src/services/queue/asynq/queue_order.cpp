#include "services/queue/asynq/queue_order.hpp"

#include <algorithm>

namespace panel::queue::asynq {

QueueOrder::QueueOrder(const std::map<std::string, int>& weights, bool strict) : strict_(strict) {
    for (const auto& [name, weight] : weights)
        if (weight > 0) queues_.push_back({name, weight});
    std::ranges::sort(queues_, std::ranges::greater{}, &Queue::weight);
}

// Drawing without putting back, each time in proportion to the weights that are left.
std::vector<std::string> QueueOrder::next() {
    std::vector<std::string> order;
    order.reserve(queues_.size());
    if (strict_ || queues_.size() < 2) {
        for (const auto& queue : queues_) order.push_back(queue.name);
        return order;
    }
    auto left = queues_;
    int total = 0;
    for (const auto& queue : left) total += queue.weight;
    while (!left.empty()) {
        auto draw = std::uniform_int_distribution<int>(0, total - 1)(generator_);
        auto chosen = left.begin();
        while (draw >= chosen->weight) draw -= (chosen++)->weight;
        total -= chosen->weight;
        order.push_back(std::move(chosen->name));
        left.erase(chosen);
    }
    return order;
}

} // namespace panel::queue::asynq
