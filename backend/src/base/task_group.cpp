#include "base/task_group.hpp"

#include "base/deadline.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <vector>

namespace panel {

struct TaskGroup::State {
    explicit State(asio::any_io_executor e) : executor(e), idle(e, asio::steady_timer::time_point::max()) {}
    asio::any_io_executor executor;
    asio::steady_timer idle; // cancelled when the last task has ended
    std::map<std::uint64_t, std::unique_ptr<asio::cancellation_signal>> tasks;
    std::uint64_t next_id = 1;
    bool stopping = false;
};

namespace {

void log_failure(const std::string& name, const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) return; // cancelled is a normal ending
        spdlog::error("task {} ended: {}", name, error.what());
    } catch (const std::exception& error) {
        spdlog::error("task {} ended: {}", name, error.what());
    }
}

} // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() {
    if (!state_->tasks.empty())
        spdlog::critical("a task group ends with {} tasks running", state_->tasks.size());
}

std::uint64_t TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
    if (state_->stopping) return 0;
    const auto id = state_->next_id++;
    auto& signal = *(state_->tasks[id] = std::make_unique<asio::cancellation_signal>());
    auto finished = [state = state_, id, name = std::move(name)](std::exception_ptr failure) {
        if (failure) log_failure(name, failure);
        state->tasks.erase(id);
        if (state->tasks.empty()) state->idle.cancel();
    };
    asio::co_spawn(state_->executor, std::move(task),
                   asio::bind_cancellation_slot(signal.slot(), std::move(finished)));
    return id;
}

void TaskGroup::cancel(std::uint64_t id) {
    const auto found = state_->tasks.find(id);
    if (found != state_->tasks.end()) found->second->emit(asio::cancellation_type::terminal);
}

void TaskGroup::cancel_all() {
    std::vector<std::uint64_t> ids; // emitting may end a task and change the map
    for (const auto& [id, signal] : state_->tasks) ids.push_back(id);
    for (const auto id : ids) cancel(id);
}

asio::awaitable<bool> TaskGroup::stop(std::chrono::milliseconds patience) {
    const auto state = state_;
    state->stopping = true;
    cancel_all();
    if (state->tasks.empty()) co_return true;
    state->idle.expires_after(patience);
    co_await state->idle.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return state->tasks.empty();
}

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

} // namespace panel
