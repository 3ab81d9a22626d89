#pragma once
// Runs work in a child process that is killed when a session is about to execute its n-th statement: what a
// power cut or kill -9 leaves behind. Call it before the test starts threads.

#include <soci/soci.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <ostream>
#include <streambuf>
#include <string>

namespace panel::test {

// Given to a session by set_query_stream: SOCI writes each statement to it before it is executed.
class KillAtStatement {
  public:
    explicit KillAtStatement(int at) : buffer_(at), stream_(&buffer_) {}
    void watch(soci::session& session) { session.set_log_stream(&stream_); }

  private:
    class Buffer : public std::streambuf {
      public:
        explicit Buffer(int at) : left_(at) {}

      protected:
        int overflow(int c) override {
            if (c == '\n') count();
            return c;
        }
        int sync() override { return 0; }

      private:
        void count() {
            if (--left_ == 0) ::kill(::getpid(), SIGKILL);
        }
        int left_;
    };
    Buffer buffer_;
    std::ostream stream_;
};

enum class Ending { well, killed, badly };

inline Ending in_child(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            work();
            ::_exit(0);
        } catch (...) {
            ::_exit(1);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return Ending::killed;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? Ending::well : Ending::badly;
}

} // namespace panel::test
