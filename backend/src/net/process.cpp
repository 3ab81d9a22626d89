#include "net/process.hpp"

#include "net/child.hpp"
#include "net/race.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <csignal>

namespace panel::net {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds polite_time{2'000}; // between SIGTERM and SIGKILL
constexpr std::chrono::milliseconds straggler_time{
    500}; // for grandchildren that hold a pipe after the child has ended
constexpr std::chrono::milliseconds killed_time{5'000}; // for the kernel to end a killed child
constexpr std::chrono::milliseconds longest_deadline = std::chrono::hours{24 * 365};
constexpr std::size_t read_bytes = 64 * 1024;

struct Run {
    Run(const asio::any_io_executor& executor, ProcessSpec s, std::unique_ptr<Child> c)
        : spec(std::move(s)), child(std::move(c)), stop(executor) {
        stop_at(std::min(spec.deadline, longest_deadline));
    }
    void stop_at(std::chrono::milliseconds from_now) {
        end = std::chrono::steady_clock::now() + from_now;
        stop.cancel(); // wakes wait_for_stop(), which waits for the new end
    }
    void abort(Error error) {
        if (!failure) failure = std::move(error);
        stop.cancel();
    }

    ProcessSpec spec;
    std::unique_ptr<Child> child;
    asio::steady_timer stop;
    std::chrono::steady_clock::time_point end;
    ProcessExit exit;
    std::size_t collected = 0;
    bool ended = false;
    std::optional<Error> failure;
};

asio::awaitable<void> write_input(Run& run) {
    if (!run.child->input) co_return;
    co_await asio::async_write(*run.child->input, asio::buffer(run.spec.input),
                               tuple); // closed early is the child's right
    run.child->input.reset();
}

asio::awaitable<bool> take(Run& run, std::string_view bytes, OutputSink& sink, std::string& collected) {
    if (sink) {
        auto taken = co_await sink(bytes);
        if (!taken) run.abort(std::move(taken.error()));
        co_return taken.has_value();
    }
    run.collected += bytes.size();
    if (run.collected > run.spec.output_limit) {
        run.abort({Code::too_large, "A program printed more than allowed.", {}});
        co_return false;
    }
    collected += bytes;
    co_return true;
}

asio::awaitable<void> read_output(Run& run, asio::posix::stream_descriptor& pipe, OutputSink& sink,
                                  std::string& collected) {
    std::string buffer(read_bytes, '\0');
    for (;;) {
        const auto [error, count] = co_await pipe.async_read_some(asio::buffer(buffer), tuple);
        if (count > 0 && !co_await take(run, std::string_view(buffer).substr(0, count), sink, collected))
            co_return;
        if (error) co_return;
    }
}

asio::awaitable<void> watch_end(Run& run) {
    if (!co_await run.child->wait()) co_return;
    run.ended = true;
    run.stop_at(straggler_time);
}

asio::awaitable<void> communicate(Run& run, OutputSink& output, OutputSink& errors) {
    auto in = write_input(run);
    auto out = read_output(run, *run.child->output, output, run.exit.standard_output);
    auto err = read_output(run, *run.child->errors, errors, run.exit.standard_error);
    auto end = watch_end(run);
    auto all = std::move(in) && std::move(out) && std::move(err) && std::move(end);
    co_await std::move(all);
}

asio::awaitable<void> wait_for_stop(Run& run) {
    while (!run.failure && std::chrono::steady_clock::now() < run.end) {
        run.stop.expires_at(run.end);
        co_await run.stop.async_wait(tuple);
    }
}

asio::awaitable<bool> wait_at_most(Child& child, std::chrono::milliseconds limit) {
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    auto ended = child.wait();
    auto waited = timer.async_wait(tuple);
    auto either = std::move(ended) || std::move(waited);
    const auto outcome = co_await std::move(either);
    co_return outcome.index() == 0 && std::get<0>(outcome);
}

asio::awaitable<void> terminate(Run& run) {
    run.child->input.reset();
    run.child->signal_group(SIGTERM);
    run.ended = co_await wait_at_most(*run.child, polite_time);
    if (run.ended) co_return;
    run.child->signal_group(SIGKILL);
    run.ended = co_await wait_at_most(*run.child, killed_time);
}

// Has a cancellation state of its own, so that a cancelled caller can be remembered while the child is still
// being ended.
asio::awaitable<Result<ProcessExit>> supervise(ProcessSpec spec, OutputSink output, OutputSink errors) {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::this_coro::throw_if_cancelled(false);
    auto child = Child::start(executor, spec, spec.input.empty() ? Child::Input::none : Child::Input::pipe,
                              Child::Errors::pipe);
    if (!child) co_return std::unexpected(std::move(child.error()));
    Run run(executor, std::move(spec), std::move(*child));
    std::exception_ptr broken;
    auto work = communicate(run, output, errors);
    auto until = wait_for_stop(run);
    try {
        co_await race(std::move(work), std::move(until));
    } catch (...) {
        broken = std::current_exception();
    }
    const bool cancelled = is_cancelled(co_await asio::this_coro::cancellation_state);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    run.exit.timed_out = !run.ended && !run.failure && !broken && !cancelled;
    if (!run.ended) co_await terminate(run);
    run.exit.exit_code = run.child->reap();
    if (cancelled) co_return fail(Code::cancelled, "The program was stopped.");
    if (broken) std::rethrow_exception(broken);
    if (run.failure) co_return std::unexpected(std::move(*run.failure));
    co_return std::move(run.exit);
}

} // namespace

asio::awaitable<Result<ProcessExit>> run_process(ProcessSpec spec, OutputSink standard_output,
                                                 OutputSink standard_error) {
    const auto executor = co_await asio::this_coro::executor;
    auto task = supervise(std::move(spec), std::move(standard_output), std::move(standard_error));
    co_return co_await asio::co_spawn(executor, std::move(task), asio::use_awaitable);
}

} // namespace panel::net
