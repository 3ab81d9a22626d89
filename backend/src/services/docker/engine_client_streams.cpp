// The calls of EngineClient whose bodies are streams: builds, logs and copies.

#include "base/offload.hpp"
#include "services/docker/archive_extractor.hpp"
#include "services/docker/build_response.hpp"
#include "services/docker/engine_client.hpp"
#include "services/docker/engine_target.hpp"
#include "services/docker/file_descriptor.hpp"
#include "services/docker/stream_demux.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

namespace panel::docker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto log_deadline = 30s;
constexpr auto follow_deadline = 24h; // an app may be silent for long; whoever follows begins again
constexpr auto copy_deadline = 10min;
constexpr std::size_t log_limit_bytes = 4 * 1024 * 1024; // the newest are kept
constexpr std::int64_t archive_overhead_bytes = 64 * 1024 * 1024;

// Drops whole lines from the front until `lines` is at most `limit` bytes long.
void keep_newest(std::string& lines, std::size_t limit) {
    if (lines.size() <= limit) return;
    const auto end = lines.find('\n', lines.size() - limit - 1);
    lines.erase(0, end == std::string::npos ? lines.size() : end + 1);
}

std::string log_target(const std::string& id_or_name, const std::string& tail, bool follow) {
    return with_query("/containers/" + encode_segment(id_or_name) + "/logs",
                      {{"stdout", "1"},
                       {"stderr", "1"},
                       {"timestamps", "1"},
                       {"tail", tail},
                       {"follow", follow ? "1" : "0"}});
}

std::unexpected<Error> broken_log() {
    return fail(Code::unavailable, "Docker gave a log that cannot be read.");
}

// A coroutine that a std::function holds must not be a capturing lambda: these are its state, owned by the
// call that awaits it.
asio::awaitable<Result<void>> sink_build(BuildResponse& response, const LogSink& log, std::string bytes) {
    auto text = response.feed(bytes);
    if (!text.empty()) co_await log(std::move(text));
    co_return Result<void>{};
}

asio::awaitable<Result<void>> sink_log(StreamDemux& demux, const LogSink& log, std::string bytes) {
    auto text = demux.feed(bytes);
    if (!text.empty()) co_await log(std::move(text));
    if (demux.is_broken()) co_return broken_log();
    co_return Result<void>{};
}

asio::awaitable<void> collect_newest(std::string& lines, std::string text) {
    lines += text;
    if (lines.size() > 2 * log_limit_bytes) keep_newest(lines, log_limit_bytes);
    co_return;
}

// A file without a name: gone when it is closed, whatever happens to us.
FileDescriptor open_spool(const std::string& directory) {
    auto name = directory + "/.copy-XXXXXX";
    FileDescriptor file(::mkostemp(name.data(), O_CLOEXEC));
    if (file.is_open()) ::unlink(name.c_str());
    return file;
}

int write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return 0;
}

struct Spool {
    asio::thread_pool& pool;
    std::shared_ptr<FileDescriptor> file; // shared with the function on the pool, which ends by itself
    std::int64_t left;                    // bytes that it may still take
};

asio::awaitable<Result<void>> sink_spool(Spool& spool, std::string bytes) {
    spool.left -= static_cast<std::int64_t>(bytes.size());
    if (spool.left < 0) co_return fail(Code::too_large, "The build's output is larger than allowed.");
    auto write = [file = spool.file, bytes = std::move(bytes)] { return write_all(file->get(), bytes); };
    const int failure = co_await offload(spool.pool, std::move(write));
    if (failure == ENOSPC || failure == EDQUOT)
        co_return fail(Code::unavailable, "There is no space left on the server's disk.");
    if (failure != 0) co_return fail(Code::internal, "The build's output cannot be written to disk.");
    co_return Result<void>{};
}

} // namespace

// The engine ends a build whose connection closes: a deadline or a cancelled caller leaves nothing running.
asio::awaitable<Result<BuildOutcome>> EngineClient::build(BuildRequest request, net::BodySource context,
                                                          LogSink log) {
    BuildResponse response;
    auto post = call("POST", build_target(request));
    post.headers.set("Content-Type", "application/x-tar");
    post.source = std::move(context);
    post.deadline = request.deadline;
    post.sink = [&response, &log](std::string_view bytes) {
        return sink_build(response, log, std::string(bytes));
    };
    const auto answer = co_await ask(std::move(post));
    if (!answer && answer.error().code == Code::cancelled) co_return std::unexpected(answer.error());
    auto rest = response.finish();
    if (!rest.empty()) co_await log(std::move(rest));
    if (!answer) co_return std::unexpected(answer.error());
    co_return response.outcome();
}

asio::awaitable<Result<void>> EngineClient::cancel_build(std::string build_id) {
    co_return co_await order(call("POST", with_query("/build/cancel", {{"id", build_id}})));
}

asio::awaitable<Result<std::string>> EngineClient::container_log(std::string id_or_name, int tail) {
    StreamDemux demux;
    std::string lines;
    const LogSink collect = [&lines](std::string text) { return collect_newest(lines, std::move(text)); };
    auto get = call("GET", log_target(id_or_name, std::to_string(std::max(tail, 0)), false));
    get.deadline = log_deadline;
    get.sink = [&demux, &collect](std::string_view bytes) {
        return sink_log(demux, collect, std::string(bytes));
    };
    const auto answer = co_await ask(std::move(get));
    if (!answer) co_return std::unexpected(answer.error());
    lines += demux.finish();
    keep_newest(lines, log_limit_bytes);
    co_return lines;
}

asio::awaitable<Result<void>> EngineClient::follow_container_log(std::string id_or_name, LogSink log) {
    StreamDemux demux;
    auto get = call("GET", log_target(id_or_name, "0", true));
    get.deadline = follow_deadline;
    get.sink = [&demux, &log](std::string_view bytes) { return sink_log(demux, log, std::string(bytes)); };
    const auto answer = co_await ask(std::move(get));
    if (!answer) co_return std::unexpected(answer.error());
    auto rest = demux.finish();
    if (!rest.empty()) co_await log(std::move(rest));
    co_return Result<void>{};
}

asio::awaitable<Result<void>> EngineClient::copy_out(std::string id_or_name, std::string path,
                                                     std::string destination, std::int64_t limit_bytes) {
    // Headers and padding of many small files come on top of what the files hold.
    Spool spool{pool_, {}, 2 * limit_bytes + archive_overhead_bytes};
    auto open = [destination] { return std::make_shared<FileDescriptor>(open_spool(destination)); };
    spool.file = co_await offload(pool_, std::move(open));
    if (!spool.file->is_open())
        co_return fail(Code::internal, "The directory for the build's output cannot be written.");
    auto get =
        call("GET", with_query("/containers/" + encode_segment(id_or_name) + "/archive", {{"path", path}}));
    get.deadline = copy_deadline;
    get.sink = [&spool](std::string_view bytes) { return sink_spool(spool, std::string(bytes)); };
    const auto answer = co_await ask(std::move(get));
    if (!answer && answer.error().code == Code::not_found)
        co_return fail(Code::not_found, "The build did not make " + path + ".");
    if (!answer) co_return std::unexpected(answer.error());
    ExtractionLimits limits;
    limits.bytes = limit_bytes;
    auto extract = [file = spool.file, destination, limits]() -> Result<void> {
        if (::lseek(file->get(), 0, SEEK_SET) != 0)
            return fail(Code::internal, "The build's output cannot be read back.");
        return extract_archive(file->get(), destination, limits);
    };
    co_return co_await offload(pool_, std::move(extract));
}

} // namespace panel::docker
