#pragma once
// Child processes: argv only, never a shell. The child gets an empty environment plus `environment`, its own
// process group, no inherited descriptors but its three, and is killed (SIGTERM to the group, SIGKILL after
// 2 s) when the deadline passes, a sink fails or the caller is cancelled. What it leaves running in its group
// is killed when it has ended. Linux: pidfd. Starting a child makes the whole program ignore SIGPIPE. Loop
// thread only.

#include "base/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::net {

struct ProcessSpec {
    std::vector<std::string> argv = {}; // argv[0] is looked up in /usr/local/bin, /usr/bin and /bin
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::string working_directory = "/";
    std::string input = {}; // written to stdin, which is then closed
    std::chrono::milliseconds deadline{60'000};
    std::size_t output_limit = 64 * 1024 * 1024; // stdout and stderr together, when they are collected
};

struct ProcessExit {
    int exit_code = 0; // 128 + signal when a signal ended it
    bool timed_out = false;
    std::string standard_output = {}; // empty when a sink took it
    std::string standard_error = {};
};

// Takes output as it comes; an error kills the child and is the result.
using OutputSink = std::function<boost::asio::awaitable<Result<void>>(std::string_view)>;

// Runs to the end. Errors: unavailable (the program cannot be started), invalid (an argument holds NUL),
// too_large, cancelled, or a sink's own; an exception of a sink is rethrown once the child has ended. A
// non-zero exit is not an error.
boost::asio::awaitable<Result<ProcessExit>> run_process(ProcessSpec spec, OutputSink standard_output = {},
                                                        OutputSink standard_error = {});

// A child that answers requests written to its stdin (git cat-file --batch). Killed by the destructor, and
// when spec.deadline, which counts from the start, has passed. Its stderr is discarded. One reader and one
// writer at a time; a child that answers a lot while it is being written to must be read meanwhile. Errors:
// unavailable (cannot be started, or it has ended), too_large (a line), cancelled.
class InteractiveProcess {
  public:
    static Result<std::unique_ptr<InteractiveProcess>> start(boost::asio::any_io_executor executor,
                                                             ProcessSpec spec);
    virtual ~InteractiveProcess() = default;
    virtual boost::asio::awaitable<Result<void>> write(std::string bytes) = 0;
    // Reads up to and without the next '\n' (at most 64 KiB).
    virtual boost::asio::awaitable<Result<std::string>> read_line() = 0;
    // Reads between 1 and `at_most` bytes.
    virtual boost::asio::awaitable<Result<std::string>> read_some(std::size_t at_most) = 0;
};

} // namespace panel::net
