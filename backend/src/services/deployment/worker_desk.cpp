#include "services/deployment/worker_desk.hpp"

#include "base/utf8.hpp"
#include "database/database.hpp"
#include "database/outage.hpp"
#include "database/project_repo.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

namespace panel::deployment {

namespace {

using boost::json::object;

constexpr std::size_t part_bytes = 128 * 1024; // JSON may need six bytes for one

std::int64_t number(const object& request, std::string_view name) {
    const auto* value = request.if_contains(name);
    return value && value->is_int64() ? value->get_int64() : 0;
}

std::string error_text(const Error& error) {
    return boost::json::serialize(object{{"error", object{{"code", static_cast<int>(error.code)},
                                                          {"message", to_valid_utf8(error.message)}}}});
}

asio::awaitable<void> send_part(net::MessageCaller& caller, std::string text) {
    const auto valid = to_valid_utf8(text);
    std::string_view rest = valid;
    while (!rest.empty()) {
        const auto part = utf8_prefix(rest, part_bytes);
        rest.remove_prefix(part.size());
        auto message = boost::json::serialize(object{{"part", part}});
        // Gone: the call is cancelled through the reader of its socket.
        if (!co_await caller.send(std::move(message)))
            throw boost::system::system_error(asio::error::operation_aborted);
    }
}

} // namespace

WorkerDesk::WorkerDesk(asio::any_io_executor executor, Ports& ports, LiveRelease& live,
                       ProjectCleaner& cleaner)
    : ports_(ports),
      live_(live),
      cleaner_(cleaner),
      server_(std::move(executor), [this](std::string request, net::MessageCaller& caller) {
          return answer(std::move(request), caller);
      }) {}

asio::awaitable<void> WorkerDesk::answer(std::string request, net::MessageCaller& caller) {
    boost::system::error_code error;
    const auto value = boost::json::parse(request, error);
    Result<object> result = fail(Code::bad_request, "This is no call.");
    if (!error && value.is_object()) {
        try {
            result = co_await perform(value.get_object(), caller);
        } catch (const database::Outage& outage) {
            spdlog::error("worker desk: {}", outage.what());
            result = fail(Code::unavailable, outage.words());
        } catch (const soci::soci_error& failure) {
            spdlog::error("worker desk: {}", failure.what());
            result = fail(Code::internal, "Something went wrong on the server.");
        }
    }
    auto last = result ? std::move(*result) : object{};
    last["done"] = true;
    auto text = result ? boost::json::serialize(last) : error_text(result.error());
    co_await caller.send(std::move(text));
}

asio::awaitable<Result<object>> WorkerDesk::perform(object request, net::MessageCaller& caller) {
    const auto* name = request.if_contains("call");
    const std::string call = name && name->is_string() ? std::string(name->get_string()) : "";
    const auto project_id = number(request, "project_id");
    if (call == "check") co_return co_await check();
    if (const auto extra = extras_.find(call); extra != extras_.end())
        co_return co_await extra->second(std::move(request));
    if (project_id <= 0) co_return fail(Code::bad_request, "This call names no project.");
    if (call == "log") co_return co_await log(project_id, static_cast<int>(number(request, "tail")), caller);
    if (call == "follow_log") co_return co_await follow_log(project_id, caller);
    if (call == "metrics") co_return co_await metrics(project_id);
    if (call == "remove_project") co_return co_await remove_project(project_id);
    co_return fail(Code::bad_request, "There is no such call.");
}

asio::awaitable<Result<object>> WorkerDesk::check() {
    const auto version = co_await ports_.docker.version();
    if (!version) co_return std::unexpected(version.error());
    co_return object{};
}

asio::awaitable<Result<object>> WorkerDesk::log(std::int64_t project_id, int tail,
                                                net::MessageCaller& caller) {
    const auto text = co_await live_.log(Principal::system(), project_id, tail);
    if (!text) co_return std::unexpected(text.error());
    co_await send_part(caller, *text);
    co_return object{};
}

asio::awaitable<Result<object>> WorkerDesk::follow_log(std::int64_t project_id, net::MessageCaller& caller) {
    docker::LogSink sink = [&caller](std::string text) { return send_part(caller, std::move(text)); };
    const auto ended = co_await live_.follow_log(Principal::system(), project_id, std::move(sink));
    if (!ended) co_return std::unexpected(ended.error());
    co_return object{};
}

asio::awaitable<Result<object>> WorkerDesk::metrics(std::int64_t project_id) {
    const auto metrics = co_await live_.metrics(Principal::system(), project_id);
    if (!metrics) co_return std::unexpected(metrics.error());
    object out;
    out["cpu_percent"] = metrics->cpu_percent;
    out["memory_bytes"] = metrics->memory_bytes;
    out["memory_limit_bytes"] = metrics->memory_limit_bytes;
    out["running"] = metrics->running;
    out["slot"] = metrics->slot;
    out["open_requests"] = metrics->open_requests;
    co_return out;
}

asio::awaitable<Result<object>> WorkerDesk::remove_project(std::int64_t project_id) {
    auto read = [project_id](soci::session& session) {
        return database::find_project(session, Principal::system(), project_id);
    };
    auto project = co_await ports_.database.read(std::move(read));
    if (!project) co_return object{}; // gone already
    const auto removed = co_await cleaner_.remove(std::move(*project));
    if (!removed) co_return std::unexpected(removed.error());
    co_return object{};
}

} // namespace panel::deployment
