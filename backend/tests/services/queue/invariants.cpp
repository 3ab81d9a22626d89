#include "services/queue/invariants.hpp"

#include "services/queue/asynq/keys.hpp"
#include "services/queue/asynq/message.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panel::test {

namespace {

namespace keys = queue::asynq::keys;

class Checker {
  public:
    explicit Checker(RedisProbe& probe) : probe_(probe) {}

    std::vector<std::string> check() {
        all_keys_ = probe_.keys();
        for (const auto& key : all_keys_)
            if (const auto queue = queue_in(key); !queue.empty()) queues_.insert(queue);
        for (const auto& queue : queues_) check_queue(queue);
        return std::move(broken_);
    }

  private:
    static std::string queue_in(const std::string& key) {
        if (!key.starts_with("asynq:{")) return {};
        return key.substr(7, key.find('}') - 7);
    }

    void check_queue(const std::string& queue) {
        std::map<std::string, std::string> state_of; // id -> state by its container
        const auto put = [&](const std::vector<std::string>& ids, const std::string& state) {
            for (const auto& id : ids)
                if (!state_of.emplace(id, state).second)
                    say("{}: {} is in {} and in {}", queue, id, state_of[id], state);
        };
        put(probe_.all({"LRANGE", keys::pending(queue), "0", "-1"}), "pending");
        const auto active = probe_.all({"LRANGE", keys::active(queue), "0", "-1"});
        put(active, "active");
        for (const auto* state : {"scheduled", "retry", "archived", "completed"})
            put(probe_.all({"ZRANGE", keys::of_queue(queue, state), "0", "-1"}), state);
        put_groups(queue, put);
        check_leases(queue, active);
        for (const auto& [id, state] : state_of) check_task(queue, id, state);
        for (const auto& key : all_keys_) check_key(queue, key, state_of);
        if (!state_of.empty() && probe_.one({"SISMEMBER", std::string(keys::queues), queue}) != "1")
            say("{} is not among the queues", queue);
    }

    template <class Put> void put_groups(const std::string& queue, const Put& put) {
        const auto prefix = keys::group_prefix(queue);
        for (const auto& key : all_keys_) {
            if (!key.starts_with(prefix)) continue;
            put(probe_.all({"ZRANGE", key, "0", "-1"}), "aggregating");
            const auto group = key.substr(prefix.size());
            if (probe_.one({"SISMEMBER", keys::groups(queue), group}) != "1" && group.find(':') == group.npos)
                say("{}: the group {} is not listed", queue, group);
        }
    }

    void check_leases(const std::string& queue, std::vector<std::string> active) {
        auto leased = probe_.all({"ZRANGE", keys::lease(queue), "0", "-1"});
        std::ranges::sort(active);
        std::ranges::sort(leased);
        if (active != leased) say("{}: {} active, {} leased", queue, active.size(), leased.size());
    }

    void check_task(const std::string& queue, const std::string& id, const std::string& state) {
        const auto task = probe_.hash(keys::task(queue, id));
        const auto field = [&](const char* name) {
            const auto found = task.find(name);
            return found == task.end() ? std::string() : found->second;
        };
        if (field("state") != state)
            say("{}: {} is in {}, its state says '{}'", queue, id, state, field("state"));
        if (task.contains("pending_since") != (state == "pending"))
            say("{}: {} is {}, pending_since is {}", queue, id, state, field("pending_since"));
        const auto message = queue::asynq::decode(field("msg"));
        if (!message) return say("{}: the message of {} cannot be read", queue, id);
        if (message->id() != id || message->queue() != queue)
            say("{}: {} holds another's message", queue, id);
        if (message->unique_key() != field("unique_key") && state != "aggregating")
            say("{}: the locks of {} differ", queue, id);
    }

    void check_key(const std::string& queue, const std::string& key,
                   const std::map<std::string, std::string>& state_of) {
        const auto tasks = keys::task_prefix(queue);
        const auto locks = keys::of_queue(queue, "unique:");
        if (key.starts_with(tasks) && !state_of.contains(key.substr(tasks.size())))
            say("{} is in no container", key);
        if (!key.starts_with(locks)) return;
        const auto holder = probe_.one({"GET", key});
        if (holder != "(nil)" && !state_of.contains(holder))
            say("{} is held by {}, which is gone", key, holder);
    }

    template <class... Arguments>
    void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
        broken_.push_back(fmt::format(format, std::forward<Arguments>(arguments)...));
    }

    RedisProbe& probe_;
    std::set<std::string> all_keys_;
    std::set<std::string> queues_;
    std::vector<std::string> broken_;
};

} // namespace

std::vector<std::string> broken_invariants(RedisProbe& probe) { return Checker(probe).check(); }

} // namespace panel::test
