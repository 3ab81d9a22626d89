#include "services/docker/engine_client.hpp"

#include "base/deadline.hpp"
#include "base/offload.hpp"
#include "services/docker/engine_target.hpp"
#include "services/docker/json_fields.hpp"
#include "services/docker/listening_ports.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace panel::docker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto start_deadline = 60s;   // sets up the network; slow while a build uses the disk
constexpr auto stop_patience = 30s;    // on top of the grace that the container gets
constexpr auto remove_deadline = 60s;  // of containers and images: deletes files
constexpr auto survey_deadline = 120s; // looks at every layer; slow while a build uses the disk
constexpr std::uint64_t survey_limit_bytes = 64 << 20;
constexpr auto first_sample_gap = 250ms;
constexpr std::size_t sample_limit = 256;

std::unexpected<Error> unreadable() {
    return fail(Code::unavailable, "Docker gave an answer that cannot be read.");
}

// What the HTTP client says about the connection, in words about Docker. Errors of a source or sink pass as
// they are.
Error connection_error(Error error) {
    const auto unavailable = [](const char* sentence) { return Error{Code::unavailable, sentence, {}}; };
    const std::string_view said = error.message;
    if (said == "Cannot connect.") return unavailable("Docker is not running on this server.");
    if (said == "There was no answer in time.") return unavailable("Docker did not answer in time.");
    if (said.starts_with("The connection broke off")) return unavailable("Docker broke off the connection.");
    if (error.code == Code::bad_request) return unavailable("Docker gave an answer that cannot be read.");
    return error;
}

std::map<std::string, std::string> our_labels(const std::map<std::string, std::string>& labels) {
    std::map<std::string, std::string> ours;
    for (const auto& [key, value] : labels) {
        if (key.starts_with("vps-panel.")) ours.emplace(key, value);
    }
    return ours;
}

std::string value_of(const std::map<std::string, std::string>& labels, const std::string& key) {
    const auto found = labels.find(key);
    return found == labels.end() ? std::string() : found->second;
}

std::string label_filter(const std::string& label, const std::string& value) {
    const auto filter = value.empty() ? label : label + "=" + value;
    return boost::json::serialize(boost::json::object{{"label", boost::json::array{filter}}});
}

} // namespace

EngineClient::EngineClient(std::string socket_path, asio::thread_pool& pool,
                           std::chrono::milliseconds answer_deadline)
    : socket_path_(std::move(socket_path)), pool_(pool), answer_deadline_(answer_deadline) {}

net::Call EngineClient::call(std::string method, std::string target) const {
    net::Call call;
    call.endpoint.socket_path = socket_path_;
    call.method = std::move(method);
    call.target = std::move(target);
    call.deadline = answer_deadline_;
    return call;
}

asio::awaitable<Result<net::Response>> EngineClient::ask(net::Call call) {
    auto answer = co_await net::send(std::move(call));
    if (!answer) co_return std::unexpected(connection_error(std::move(answer.error())));
    if (answer->status >= 400) co_return std::unexpected(error_of(*answer));
    co_return answer;
}

asio::awaitable<Result<void>> EngineClient::order(net::Call call) {
    const auto answer = co_await ask(std::move(call));
    if (!answer && answer.error().code != Code::not_found) co_return std::unexpected(answer.error());
    co_return Result<void>{};
}

asio::awaitable<Result<EngineVersion>> EngineClient::version() {
    const auto answer = co_await ask(call("GET", "/version"));
    if (!answer) co_return std::unexpected(answer.error());
    auto version = read_version(answer->body);
    if (!version) co_return unreadable();
    co_return std::move(*version);
}

asio::awaitable<Result<EngineInfo>> EngineClient::info() {
    const auto answer = co_await ask(call("GET", "/info"));
    if (!answer) co_return std::unexpected(answer.error());
    auto info = read_info(answer->body);
    if (!info) co_return unreadable();
    co_return std::move(*info);
}

asio::awaitable<Result<EngineDisk>> EngineClient::disk_usage(std::string label, std::string value) {
    auto request = call("GET", "/system/df");
    request.deadline = survey_deadline;
    request.response_limit = survey_limit_bytes;
    const auto answer = co_await ask(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    auto disk = read_disk_usage(answer->body, label, value);
    if (!disk) co_return unreadable();
    co_return std::move(*disk);
}

asio::awaitable<Result<std::int64_t>> EngineClient::prune_build_cache(std::int64_t keep_bytes) {
    auto request = call(
        "POST", with_query("/build/prune", {{"all", "1"}, {"keep-storage", std::to_string(keep_bytes)}}));
    request.deadline = survey_deadline;
    const auto answer = co_await ask(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    const auto freed = read_object(answer->body);
    if (!freed) co_return unreadable();
    co_return number_at(*freed, "SpaceReclaimed");
}

asio::awaitable<Result<ImageInfo>> EngineClient::inspect_image(std::string reference) {
    const auto answer = co_await ask(call("GET", "/images/" + encode_reference(reference) + "/json"));
    if (!answer) co_return std::unexpected(answer.error());
    auto image = read_image(answer->body);
    if (!image) co_return unreadable();
    co_return std::move(*image);
}

asio::awaitable<Result<void>> EngineClient::remove_image(std::string reference) {
    auto request = call("DELETE", "/images/" + encode_reference(reference));
    request.deadline = remove_deadline;
    co_return co_await order(std::move(request));
}

// ---- containers

asio::awaitable<Result<void>> EngineClient::ensure_network(std::string name,
                                                           std::map<std::string, std::string> labels) {
    const auto found = co_await ask(call("GET", "/networks/" + encode_segment(name)));
    if (found) {
        const auto network = read_object(found->body);
        if (!network) co_return unreadable();
        if (value_of(texts_at(*network, "Labels"), data_label) == value_of(labels, data_label))
            co_return Result<void>{};
        co_return fail(
            Code::conflict,
            fmt::format("A Docker network named {} exists already and is not this panel's.", name));
    }
    if (found.error().code != Code::not_found) co_return std::unexpected(found.error());
    boost::json::object body{{"Name", name}, {"Driver", "bridge"}, {"CheckDuplicate", true}};
    boost::json::object marks;
    for (const auto& [key, value] : labels) marks[key] = value;
    body["Labels"] = std::move(marks);
    auto request = call("POST", "/networks/create");
    request.headers.set("Content-Type", "application/json");
    request.body = boost::json::serialize(body);
    const auto made = co_await ask(std::move(request));
    // Somebody was faster: fine.
    if (!made && made.error().code != Code::conflict) co_return std::unexpected(made.error());
    co_return Result<void>{};
}

asio::awaitable<Result<std::string>> EngineClient::post_container(const ContainerSpec& spec) {
    auto request = call("POST", with_query("/containers/create", {{"name", spec.name}}));
    request.headers.set("Content-Type", "application/json");
    request.body = render_container(spec);
    const auto answer = co_await ask(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    const auto made = read_object(answer->body);
    auto id = made ? text_at(*made, "Id") : std::string();
    if (id.empty()) co_return unreadable();
    co_return id;
}

asio::awaitable<Result<void>> EngineClient::remove_if_ours(const ContainerSpec& spec) {
    const auto existing = co_await inspect_container(spec.name);
    if (!existing && existing.error().code == Code::not_found) co_return Result<void>{};
    if (!existing) co_return std::unexpected(existing.error());
    const auto ours = value_of(spec.labels, data_label);
    if (ours.empty() || value_of(existing->labels, data_label) != ours) {
        co_return fail(
            Code::conflict,
            fmt::format("A container named {} exists already and is not this panel's.", spec.name));
    }
    co_return co_await remove_container(existing->id);
}

asio::awaitable<Result<std::string>> EngineClient::create_container(ContainerSpec spec) {
    if (!spec.network.empty()) {
        const auto network = co_await ensure_network(spec.network, our_labels(spec.labels));
        if (!network) co_return std::unexpected(network.error());
    }
    auto made = co_await post_container(spec);
    if (made || made.error().code != Code::conflict) co_return made;
    const auto removed = co_await remove_if_ours(spec);
    if (!removed) co_return std::unexpected(removed.error());
    co_return co_await post_container(spec);
}

asio::awaitable<Result<void>> EngineClient::start_container(std::string id_or_name) {
    auto request = call("POST", "/containers/" + encode_segment(id_or_name) + "/start");
    request.deadline = start_deadline;
    const auto answer = co_await ask(std::move(request)); // 304: runs already
    if (!answer) co_return std::unexpected(answer.error());
    co_return Result<void>{};
}

asio::awaitable<Result<void>> EngineClient::stop_container(std::string id_or_name,
                                                           std::chrono::seconds grace) {
    const auto path = "/containers/" + encode_segment(id_or_name) + "/stop";
    auto request = call("POST", with_query(path, {{"t", std::to_string(grace.count())}}));
    request.deadline = grace + stop_patience;
    co_return co_await order(std::move(request));
}

asio::awaitable<Result<void>> EngineClient::remove_container(std::string id_or_name) {
    const auto path = "/containers/" + encode_segment(id_or_name);
    auto request = call(
        "DELETE", with_query(path, {{"force", "1"}, {"v", "1"}})); // with the nameless volumes of its image
    request.deadline = remove_deadline;
    samples_.erase(id_or_name);
    const auto removed = co_await order(std::move(request));
    if (removed || removed.error().code != Code::conflict) co_return removed;
    // Its removal is in progress already: the answer comes when it is gone.
    auto wait = call("POST", with_query(path + "/wait", {{"condition", "removed"}}));
    wait.deadline = remove_deadline;
    co_return co_await order(std::move(wait));
}

asio::awaitable<Result<ContainerState>> EngineClient::inspect_container(std::string id_or_name) {
    const auto answer = co_await ask(call("GET", "/containers/" + encode_segment(id_or_name) + "/json"));
    if (!answer) co_return std::unexpected(answer.error());
    auto container = read_container(answer->body);
    if (!container) co_return unreadable();
    co_return std::move(*container);
}

asio::awaitable<Result<std::vector<ContainerState>>> EngineClient::list_containers(std::string label,
                                                                                   std::string value) {
    const auto target =
        with_query("/containers/json", {{"all", "1"}, {"filters", label_filter(label, value)}});
    const auto answer = co_await ask(call("GET", target));
    if (!answer) co_return std::unexpected(answer.error());
    auto containers = read_containers(answer->body);
    if (!containers) co_return unreadable();
    co_return std::move(*containers);
}

asio::awaitable<Result<std::vector<StoredImage>>> EngineClient::list_images(std::string label,
                                                                            std::string value) {
    const auto target = with_query("/images/json", {{"filters", label_filter(label, value)}});
    const auto answer = co_await ask(call("GET", target));
    if (!answer) co_return std::unexpected(answer.error());
    auto images = read_images(answer->body);
    if (!images) co_return unreadable();
    co_return std::move(*images);
}

asio::awaitable<Result<std::vector<NetworkInfo>>> EngineClient::list_networks(std::string label,
                                                                              std::string value) {
    const auto target = with_query("/networks", {{"filters", label_filter(label, value)}});
    const auto answer = co_await ask(call("GET", target));
    if (!answer) co_return std::unexpected(answer.error());
    auto networks = read_networks(answer->body);
    if (!networks) co_return unreadable();
    co_return std::move(*networks);
}

asio::awaitable<Result<StatsSample>> EngineClient::sample_stats(std::string id_or_name) {
    const auto path = "/containers/" + encode_segment(id_or_name) + "/stats";
    const auto answer = co_await ask(call("GET", with_query(path, {{"stream", "0"}, {"one-shot", "1"}})));
    if (!answer) co_return std::unexpected(answer.error());
    const auto sample = read_stats(answer->body);
    if (!sample) co_return unreadable();
    co_return *sample;
}

asio::awaitable<Result<ContainerStats>> EngineClient::container_stats(std::string id_or_name) {
    auto sample = co_await sample_stats(id_or_name);
    if (!sample) co_return std::unexpected(sample.error());
    const auto known = samples_.find(id_or_name);
    auto percent = known == samples_.end() ? std::nullopt : cpu_percent(known->second, *sample);
    if (!percent) { // never asked before, or restarted since
        const auto before = *sample;
        co_await sleep_for(first_sample_gap);
        sample = co_await sample_stats(id_or_name);
        if (!sample) co_return std::unexpected(sample.error());
        percent = cpu_percent(before, *sample);
    }
    if (samples_.size() >= sample_limit) samples_.clear();
    samples_[id_or_name] = *sample;
    ContainerStats stats;
    stats.cpu_percent = percent.value_or(0);
    stats.memory_bytes = sample->memory_bytes;
    stats.memory_limit_bytes = sample->memory_limit_bytes;
    co_return stats;
}

asio::awaitable<Result<ListeningPorts>> EngineClient::listening_ports(std::string id_or_name) {
    const auto answer = co_await ask(call("GET", "/containers/" + encode_segment(id_or_name) + "/json"));
    if (!answer) co_return std::unexpected(answer.error());
    const auto container = read_container(answer->body);
    if (!container) co_return unreadable();
    auto read = [pid = read_container_pid(answer->body), id = container->id] {
        return read_listening_ports(pid, id);
    };
    auto ports = co_await offload(pool_, std::move(read));
    if (!ports) co_return fail(Code::unavailable, "The ports of the container cannot be seen.");
    co_return std::move(*ports);
}

asio::awaitable<Result<void>> EngineClient::remove_network(std::string name) {
    co_return co_await order(call("DELETE", "/networks/" + encode_segment(name)));
}

} // namespace panel::docker
