#pragma once
// One spawned child process and our ends of its pipes: owns the pid, the pidfd and the descriptors. The
// destructor kills the whole process group and reaps. Starting the first child makes the whole program ignore
// SIGPIPE, since writing to a pipe cannot be told not to raise it; children get the default back. Loop thread
// only. Not for use outside net/.

#include "base/result.hpp"
#include "net/process.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <optional>
#include <sys/types.h>

namespace panel::net {

class Child {
  public:
    enum class Input { none, pipe };
    enum class Errors { discard, pipe };

    // unavailable: the program cannot be started; invalid: an argument or a variable cannot be passed on.
    static Result<std::unique_ptr<Child>> start(const boost::asio::any_io_executor& executor,
                                                const ProcessSpec& spec, Input input, Errors errors);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void signal_group(int signal);
    // Suspends until the child has ended; it stays a zombie, and its group's id taken, until reap(). False
    // when the caller was cancelled first.
    boost::asio::awaitable<bool> wait();
    // The exit code, 128 + signal when a signal ended it. Call it after wait(); kills what is left of the
    // group.
    int reap();

    std::optional<boost::asio::posix::stream_descriptor> input;
    std::optional<boost::asio::posix::stream_descriptor> output;
    std::optional<boost::asio::posix::stream_descriptor> errors;

  private:
    Child(const boost::asio::any_io_executor& executor, pid_t pid);
    pid_t pid_;
    boost::asio::posix::stream_descriptor pidfd_;
    bool reaped_ = false;
};

} // namespace panel::net
