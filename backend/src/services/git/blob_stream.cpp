#include "services/git/blob_stream.hpp"

#include "base/deadline.hpp"
#include "models/git_ref.hpp"

#include <algorithm>
#include <charconv>

namespace panel::git {
namespace {

constexpr std::chrono::milliseconds read_deadline{30'000};
constexpr std::int64_t piece_bytes = 256 * 1024;

class BatchStream final : public BlobStream {
  public:
    explicit BatchStream(std::unique_ptr<net::InteractiveProcess> batch) : batch_(std::move(batch)) {}

    asio::awaitable<Result<void>> open(std::string hash) override {
        if (!is_commit_hash(hash)) co_return fail(Code::invalid, "This is not the hash of a file.");
        while (left_ > 0) { // the blob before was not read to its end
            auto skipped = co_await read_piece();
            if (!skipped) co_return std::unexpected(skipped.error());
        }
        if (auto written = co_await batch_->write(hash + "\n"); !written) co_return written;
        auto line = co_await with_deadline(batch_->read_line(), read_deadline);
        if (!line) co_return fail(Code::unavailable, "Reading the repository took too long.");
        if (!*line) co_return std::unexpected(line->error());
        const auto header = parse_batch_header(**line);
        if (!header)
            co_return fail(Code::not_found,
                           "A file of the repository is missing from its copy on this server.");
        left_ = header->size + 1; // and a line feed
        if (header->type != "blob") co_return fail(Code::invalid, "This is not the hash of a file.");
        if (left_ == 1) co_return co_await finish();
        co_return Result<void>{};
    }

    asio::awaitable<Result<std::string>> next() override {
        if (left_ == 0) co_return std::string();
        auto piece = co_await read_piece();
        if (!piece) co_return piece;
        if (left_ == 0) { // the line feed came along
            piece->pop_back();
        } else if (left_ == 1) {
            auto done = co_await finish();
            if (!done) co_return std::unexpected(done.error());
        }
        co_return piece;
    }

  private:
    asio::awaitable<Result<std::string>> read_piece() {
        const auto at_most = static_cast<std::size_t>(std::min(left_, piece_bytes));
        auto piece = co_await with_deadline(batch_->read_some(at_most), read_deadline);
        if (!piece) co_return fail(Code::unavailable, "Reading the repository took too long.");
        if (*piece) left_ -= static_cast<std::int64_t>((*piece)->size());
        co_return std::move(*piece);
    }

    asio::awaitable<Result<void>> finish() {
        auto line_feed = co_await read_piece();
        if (!line_feed) co_return std::unexpected(line_feed.error());
        co_return Result<void>{};
    }

    std::unique_ptr<net::InteractiveProcess> batch_;
    std::int64_t left_ = 0; // bytes of the open blob and its line feed that are unread
};

} // namespace

std::unique_ptr<BlobStream> make_blob_stream(std::unique_ptr<net::InteractiveProcess> batch) {
    return std::make_unique<BatchStream>(std::move(batch));
}

// "<hash> <type> <size>", or "<hash> missing"
std::optional<BatchHeader> parse_batch_header(std::string_view line) {
    const auto first = line.find(' ');
    const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    BatchHeader header;
    header.type = line.substr(first + 1, second - first - 1);
    const auto size = line.substr(second + 1);
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), header.size);
    if (error != std::errc{} || end != size.data() + size.size() || header.size < 0) return std::nullopt;
    return header;
}

} // namespace panel::git
