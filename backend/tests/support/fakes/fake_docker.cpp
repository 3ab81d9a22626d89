#include "support/fakes/fake_docker.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace panel::test {

namespace asio = boost::asio;

namespace {

std::unexpected<Error> down() { return fail(Code::unavailable, "Docker does not answer."); }

} // namespace

FakeDocker::Shared FakeDocker::find(const std::string& id_or_name) const {
    for (const auto& [name, container] : containers_)
        if (name == id_or_name || container->state.id == id_or_name) return container;
    return nullptr;
}

Result<FakeDocker::Shared> FakeDocker::require(const std::string& id_or_name) const {
    if (is_down) return down();
    auto found = find(id_or_name);
    if (!found) return fail(Code::not_found, "No such container.");
    return found;
}

void FakeDocker::wake(const Container& container) {
    for (auto* timer : container.followers) timer->cancel();
}

void FakeDocker::print(const std::string& name, const std::string& text) {
    const auto container = find(name);
    container->log += text;
    wake(*container);
}

void FakeDocker::add_image(const std::string& id, std::int64_t bytes,
                           std::map<std::string, std::string> labels) {
    images_[id] = {id, bytes, {}, std::move(labels)};
}

void FakeDocker::add_running(const std::string& name, std::map<std::string, std::string> labels) {
    auto container = std::make_shared<Container>();
    container->state.id = "c" + std::to_string(next_id_++);
    container->state.name = name;
    container->state.running = true;
    container->state.labels = std::move(labels);
    containers_[name] = std::move(container);
}

void FakeDocker::disconnect(const std::string& name) { find(name)->state.networks.clear(); }

void FakeDocker::add_image(const std::string& tag, const std::string& id,
                           std::map<std::string, std::string> labels) {
    images_[tag] = {id, 1 << 20, {}, std::move(labels)};
}

void FakeDocker::add_network(const std::string& name, std::map<std::string, std::string> labels) {
    networks_[name] = std::move(labels);
}

asio::awaitable<Result<std::vector<docker::StoredImage>>> FakeDocker::list_images(std::string label,
                                                                                  std::string value) {
    if (is_down) co_return down();
    std::map<std::string, docker::StoredImage> out;
    for (const auto& [tag, image] : images_) {
        const auto found = image.labels.find(label);
        if (found == image.labels.end() || found->second != value) continue;
        auto& stored = out[image.id];
        stored.id = image.id;
        stored.labels = image.labels;
        stored.tags.push_back(tag);
    }
    std::vector<docker::StoredImage> list;
    for (auto& [id, image] : out) list.push_back(std::move(image));
    co_return list;
}

asio::awaitable<Result<std::vector<docker::NetworkInfo>>> FakeDocker::list_networks(std::string label,
                                                                                    std::string value) {
    if (is_down) co_return down();
    std::vector<docker::NetworkInfo> out;
    for (const auto& [name, labels] : networks_)
        if (const auto found = labels.find(label); found != labels.end() && found->second == value)
            out.push_back({name, labels});
    co_return out;
}

void FakeDocker::restart(const std::string& name) { ++find(name)->state.restart_count; }

void FakeDocker::crash_loop(const std::string& name, int code) {
    const auto container = find(name);
    container->loop_code = code;
    ++container->state.restart_count;
}

void FakeDocker::exit(const std::string& name, int code, bool out_of_memory) {
    const auto container = find(name);
    container->state.running = false;
    container->state.exit_code = code;
    container->state.out_of_memory = out_of_memory;
    wake(*container);
}

bool FakeDocker::has_image(const std::string& tag_or_id) const {
    return std::ranges::any_of(
        images_, [&](const auto& entry) { return entry.first == tag_or_id || entry.second.id == tag_or_id; });
}

std::vector<std::string> FakeDocker::containers() const {
    std::vector<std::string> out;
    for (const auto& [name, container] : containers_) out.push_back(name);
    return out;
}

const docker::ContainerSpec& FakeDocker::spec(const std::string& name) const { return specs_.at(name); }

bool FakeDocker::is_running(const std::string& name) const {
    const auto container = find(name);
    return container && container->state.running;
}

std::size_t FakeDocker::followers(const std::string& name) const {
    const auto container = find(name);
    return container ? container->followers.size() : 0;
}

asio::awaitable<Result<docker::EngineVersion>> FakeDocker::version() {
    if (is_down) co_return down();
    co_return docker::EngineVersion{"20.10.24", "1.41"};
}

asio::awaitable<Result<docker::EngineInfo>> FakeDocker::info() {
    if (is_down) co_return down();
    co_return engine_info;
}

asio::awaitable<Result<docker::EngineDisk>> FakeDocker::disk_usage(std::string label, std::string value) {
    if (is_down) co_return down();
    docker::EngineDisk disk;
    for (const auto& [tag, image] : images_) {
        const auto found = image.labels.find(label);
        if (found == image.labels.end() || found->second != value) continue;
        disk.images.push_back({image.id, {tag}, image.labels, 0, image.size_bytes});
    }
    disk.cache = build_cache;
    co_return disk;
}

asio::awaitable<Result<std::int64_t>> FakeDocker::prune_build_cache(std::int64_t keep_bytes) {
    if (is_down) co_return down();
    co_await record("prune build cache to " + std::to_string(keep_bytes));
    std::int64_t total = 0, freed = 0;
    for (const auto& each : build_cache) total += each.size_bytes;
    while (!build_cache.empty() && total - freed > keep_bytes) {
        freed += build_cache.front().size_bytes;
        build_cache.erase(build_cache.begin());
    }
    co_return freed;
}

asio::awaitable<Result<docker::BuildOutcome>>
FakeDocker::build(docker::BuildRequest request, net::BodySource context, docker::LogSink log) {
    if (is_down) co_return down();
    co_await record("build " + request.tag);
    for (;;) { // the whole context is read, as the engine does before it builds
        const auto piece = co_await context();
        if (!piece) co_return std::unexpected(piece.error());
        if (piece->empty()) break;
    }
    for (const auto& line : build_lines) co_await log(line + "\n");
    if (while_building) co_await while_building(log);
    auto outcome = next_build;
    if (!outcome.succeeded) co_return outcome;
    if (outcome.image_id.empty()) outcome.image_id = "sha256:" + std::to_string(next_id_++);
    images_[request.tag] = {outcome.image_id, 1 << 20, {3000}, request.labels};
    co_return outcome;
}

asio::awaitable<Result<void>> FakeDocker::cancel_build(std::string build_id) {
    co_await record("cancel build " + build_id);
    co_return Result<void>{};
}

asio::awaitable<Result<docker::ImageInfo>> FakeDocker::inspect_image(std::string reference) {
    if (is_down) co_return down();
    for (const auto& [tag, image] : images_)
        if (tag == reference || image.id == reference) co_return image;
    co_return fail(Code::not_found, "No such image.");
}

asio::awaitable<Result<void>> FakeDocker::remove_image(std::string reference) {
    if (is_down) co_return down();
    co_await record("remove image " + reference);
    std::erase_if(
        images_, [&](const auto& entry) { return entry.first == reference || entry.second.id == reference; });
    co_return Result<void>{};
}

asio::awaitable<Result<std::string>> FakeDocker::create_container(docker::ContainerSpec spec) {
    if (is_down) co_return down();
    co_await record("create " + spec.name);
    if (!spec.image.empty() && !has_image(spec.image)) co_return fail(Code::not_found, "No such image.");
    specs_[spec.name] = spec;
    auto container = std::make_shared<Container>();
    container->state.id = "c" + std::to_string(next_id_++);
    container->state.name = spec.name;
    container->state.labels = spec.labels;
    container->state.image_id = spec.image;
    if (!spec.network.empty()) {
        container->state.networks = {spec.network};
        networks_.try_emplace(spec.network, spec.labels);
    }
    container->port = spec.container_port;
    if (const auto old = find(spec.name)) {
        old->removed = true;
        wake(*old);
    }
    containers_[spec.name] = container;
    co_return container->state.id;
}

asio::awaitable<Result<void>> FakeDocker::start_container(std::string id_or_name) {
    const auto container = require(id_or_name);
    if (!container) co_return std::unexpected(container.error());
    co_await record("start " + (*container)->state.name);
    (*container)->state.running = true;
    co_return Result<void>{};
}

asio::awaitable<Result<void>> FakeDocker::stop_container(std::string id_or_name, std::chrono::seconds) {
    if (is_down) co_return down();
    if (const auto container = find(id_or_name)) {
        co_await record("stop " + container->state.name);
        container->state.running = false;
        wake(*container);
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> FakeDocker::remove_container(std::string id_or_name) {
    if (is_down) co_return down();
    if (const auto container = find(id_or_name)) {
        co_await record("remove " + container->state.name);
        container->state.running = false;
        container->removed = true;
        wake(*container);
        containers_.erase(container->state.name);
    }
    co_return Result<void>{};
}

asio::awaitable<Result<docker::ContainerState>> FakeDocker::inspect_container(std::string id_or_name) {
    const auto container = require(id_or_name);
    if (!container) co_return std::unexpected(container.error());
    const auto state = (*container)->state;
    if (auto& each = **container; each.loop_code != 0) { // an engine tells 0 while it runs again
        each.state.running = !each.state.running;
        each.state.exit_code = each.state.running ? 0 : each.loop_code;
    }
    co_return state;
}

asio::awaitable<Result<std::vector<docker::ContainerState>>> FakeDocker::list_containers(std::string label,
                                                                                         std::string value) {
    if (is_down) co_return down();
    std::vector<docker::ContainerState> out;
    for (const auto& [name, container] : containers_) {
        const auto found = container->state.labels.find(label);
        if (found != container->state.labels.end() && found->second == value) out.push_back(container->state);
    }
    co_return out;
}

asio::awaitable<Result<docker::ContainerStats>> FakeDocker::container_stats(std::string id_or_name) {
    const auto container = require(id_or_name);
    if (!container) co_return std::unexpected(container.error());
    if (!(*container)->state.running) co_return fail(Code::not_found, "The container does not run.");
    co_return stats;
}

asio::awaitable<Result<docker::ListeningPorts>> FakeDocker::listening_ports(std::string id_or_name) {
    const auto container = require(id_or_name);
    if (!container) co_return std::unexpected(container.error());
    docker::ListeningPorts ports;
    if (ports_seen) co_return *ports_seen;
    if ((*container)->state.running) ports.reachable.push_back((*container)->port);
    co_return ports;
}

asio::awaitable<Result<void>> FakeDocker::remove_network(std::string name) {
    if (is_down) co_return down();
    co_await record("remove network " + name);
    networks_.erase(name);
    co_return Result<void>{};
}

asio::awaitable<Result<std::string>> FakeDocker::container_log(std::string id_or_name, int tail) {
    const auto container = require(id_or_name);
    if (!container) co_return std::unexpected(container.error());
    const auto& log = (*container)->log;
    auto start = log.size();
    for (int lines = 0; start > 0; --start)
        if (log[start - 1] == '\n' && start != log.size() && ++lines == tail) break;
    co_return log.substr(start);
}

asio::awaitable<Result<void>> FakeDocker::follow_container_log(std::string id_or_name, docker::LogSink log) {
    const auto found = require(id_or_name);
    if (!found) co_return std::unexpected(found.error());
    const auto container = *found;
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    container->followers.push_back(&timer);
    struct Leave { // also when the caller is cancelled
        Container& container;
        asio::steady_timer& timer;
        ~Leave() { std::erase(container.followers, &timer); }
    } const leave{*container, timer};
    auto told = container->log.size();
    while (container->state.running && !container->removed) {
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        auto text = container->log.substr(told);
        told += text.size();
        if (!text.empty()) co_await log(std::move(text));
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> FakeDocker::copy_out(std::string id_or_name, std::string path,
                                                   std::string destination, std::int64_t limit_bytes) {
    const auto container = require(id_or_name);
    if (!container) co_return std::unexpected(container.error());
    const auto files = image_files.find((*container)->state.image_id);
    if (files == image_files.end())
        co_return fail(Code::not_found, "There is no directory " + path + " in the image.");
    std::int64_t total = 0;
    for (const auto& [name, bytes] : files->second) {
        total += static_cast<std::int64_t>(bytes.size());
        if (total > limit_bytes) co_return fail(Code::too_large, "The site is too large.");
        const auto file = std::filesystem::path(destination) / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << bytes;
    }
    co_return Result<void>{};
}

} // namespace panel::test
