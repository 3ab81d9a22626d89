#include "net/child.hpp"
#include "net/process.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <csignal>

namespace panel::net {

namespace asio = boost::asio;

namespace {

constexpr auto tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t line_limit = 64 * 1024;
constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::chrono::milliseconds longest_deadline = std::chrono::hours{24 * 365};

std::unexpected<Error> broken(const boost::system::error_code& error) {
    if (error == asio::error::operation_aborted) return fail(Code::cancelled, "The program was stopped.");
    return fail(Code::unavailable, "The program ended.");
}

class PipedProcess final : public InteractiveProcess {
  public:
    PipedProcess(const asio::any_io_executor& executor, std::unique_ptr<Child> child,
                 std::chrono::milliseconds deadline)
        : child_(std::move(child)), deadline_(executor, deadline) {
        const std::weak_ptr<Child> weak = child_;
        deadline_.async_wait([weak](const boost::system::error_code& error) {
            const auto alive = weak.lock();
            if (!error && alive) alive->signal_group(SIGKILL);
        });
    }

    asio::awaitable<Result<void>> write(std::string bytes) override {
        const auto [error, count] = co_await asio::async_write(*child_->input, asio::buffer(bytes), tuple);
        if (error) co_return broken(error);
        co_return Result<void>{};
    }

    asio::awaitable<Result<std::string>> read_line() override {
        for (std::size_t searched = begin_;;) {
            const auto end = buffer_.find('\n', searched);
            if (end != std::string::npos && end - begin_ <= line_limit) {
                auto line = buffer_.substr(begin_, end - begin_);
                begin_ = end + 1;
                co_return line;
            }
            if (buffer_.size() - begin_ > line_limit)
                co_return fail(Code::too_large, "A program printed too long a line.");
            const auto waiting = buffer_.size() - begin_;
            if (auto filled = co_await fill(); !filled) co_return std::unexpected(std::move(filled.error()));
            searched = begin_ + waiting;
        }
    }

    asio::awaitable<Result<std::string>> read_some(std::size_t at_most) override {
        if (begin_ == buffer_.size()) {
            if (auto filled = co_await fill(); !filled) co_return std::unexpected(std::move(filled.error()));
        }
        auto bytes = buffer_.substr(begin_, at_most);
        begin_ += bytes.size();
        co_return bytes;
    }

  private:
    // Appends what the child printed to what is unread; at least one byte.
    asio::awaitable<Result<void>> fill() {
        buffer_.erase(0, begin_);
        begin_ = 0;
        const auto unread = buffer_.size();
        buffer_.resize(unread + read_bytes);
        const auto [error, count] = co_await child_->output->async_read_some(
            asio::buffer(buffer_.data() + unread, read_bytes), tuple);
        buffer_.resize(unread + count);
        if (error) co_return broken(error);
        co_return Result<void>{};
    }

    std::shared_ptr<Child>
        child_; // shared with the deadline's handler, which may be queued already when this goes
    asio::steady_timer deadline_;
    std::string buffer_;
    std::size_t begin_ = 0; // of what is unread
};

} // namespace

Result<std::unique_ptr<InteractiveProcess>> InteractiveProcess::start(asio::any_io_executor executor,
                                                                      ProcessSpec spec) {
    auto child = Child::start(executor, spec, Child::Input::pipe, Child::Errors::discard);
    if (!child) return std::unexpected(std::move(child.error()));
    const auto deadline = std::min(spec.deadline, longest_deadline);
    return std::make_unique<PipedProcess>(executor, std::move(*child), deadline);
}

} // namespace panel::net
