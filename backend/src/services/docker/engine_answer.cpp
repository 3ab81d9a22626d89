#include "services/docker/engine_answer.hpp"

#include "services/docker/json_fields.hpp"
#include "services/docker/line_assembler.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace panel::docker {

namespace json = boost::json;

namespace {

constexpr std::size_t sentence_limit_bytes = 1024;

const json::object no_fields;

const json::object& fields_at(const json::object& object, std::string_view key) {
    const auto* found = object_at(object, key);
    return found == nullptr ? no_fields : *found;
}

std::optional<int> tcp_port(std::string_view text) { // "3000/tcp"
    int port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
    if (failure != std::errc{} || port < 1 || port > 65535 || !(rest.empty() || rest == "/tcp"))
        return std::nullopt;
    return port;
}

// The objects of a list; what is none is left out.
std::vector<json::object> objects_at(const json::object& object, std::string_view key) {
    std::vector<json::object> objects;
    const auto* list = object.if_contains(key);
    if (list == nullptr || !list->is_array()) return objects;
    for (const auto& entry : list->get_array())
        if (entry.is_object()) objects.push_back(entry.get_object());
    return objects;
}

std::vector<std::string> list_at(const json::object& object, std::string_view key) {
    std::vector<std::string> texts;
    const auto* list = object.if_contains(key);
    if (list == nullptr || !list->is_array()) return texts;
    for (const auto& entry : list->get_array())
        if (entry.is_string()) texts.emplace_back(entry.get_string());
    return texts;
}

std::vector<std::string> network_names(const json::object& entry) {
    std::vector<std::string> names;
    for (const auto& network : fields_at(fields_at(entry, "NetworkSettings"), "Networks"))
        names.emplace_back(network.key());
    return names;
}

} // namespace

std::optional<json::object> read_object(std::string_view body) {
    boost::system::error_code failure;
    auto value = json::parse(body, failure);
    if (failure || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::optional<EngineVersion> read_version(std::string_view body) {
    const auto answer = read_object(body);
    if (!answer || text_at(*answer, "ApiVersion").empty()) return std::nullopt;
    return EngineVersion{text_at(*answer, "Version"), text_at(*answer, "ApiVersion")};
}

std::optional<EngineInfo> read_info(std::string_view body) {
    const auto answer = read_object(body);
    if (!answer || text_at(*answer, "DockerRootDir").empty()) return std::nullopt;
    EngineInfo info;
    info.cgroup_driver = text_at(*answer, "CgroupDriver");
    info.cgroup_version = text_at(*answer, "CgroupVersion") == "2" ? 2 : 1;
    info.root_directory = text_at(*answer, "DockerRootDir");
    info.kernel_version = text_at(*answer, "KernelVersion");
    info.memory_bytes = number_at(*answer, "MemTotal");
    return info;
}

std::optional<EngineDisk> read_disk_usage(std::string_view body, const std::string& label,
                                          const std::string& value) {
    const auto answer = read_object(body);
    if (!answer || !answer->contains("Images")) return std::nullopt;
    EngineDisk disk;
    for (const auto& image : objects_at(*answer, "Images")) {
        StoredImage stored;
        stored.labels = texts_at(image, "Labels");
        const auto found = stored.labels.find(label);
        if (found == stored.labels.end() || found->second != value) continue;
        stored.id = text_at(image, "Id");
        stored.tags = list_at(image, "RepoTags");
        stored.created_at = number_at(image, "Created");
        const auto shared = std::max<std::int64_t>(number_at(image, "SharedSize"), 0); // -1: not counted
        stored.unique_bytes = std::max<std::int64_t>(number_at(image, "Size") - shared, 0);
        disk.images.push_back(std::move(stored));
    }
    for (const auto& record : objects_at(*answer, "BuildCache"))
        disk.cache.push_back({text_at(record, "ID"), text_at(record, "Description"),
                              number_at(record, "Size"), flag_at(record, "InUse"),
                              flag_at(record, "Shared")});
    return disk;
}

std::optional<ImageInfo> read_image(std::string_view body) {
    const auto answer = read_object(body);
    if (!answer || text_at(*answer, "Id").empty()) return std::nullopt;
    ImageInfo image;
    image.id = text_at(*answer, "Id");
    image.size_bytes = number_at(*answer, "Size");
    const auto& config = fields_at(*answer, "Config");
    image.labels = texts_at(config, "Labels");
    for (const auto& exposed : fields_at(config, "ExposedPorts")) {
        if (const auto port = tcp_port(exposed.key())) image.exposed_tcp_ports.push_back(*port);
    }
    std::ranges::sort(image.exposed_tcp_ports);
    return image;
}

std::optional<ContainerState> read_container(std::string_view body) {
    const auto answer = read_object(body);
    if (!answer || text_at(*answer, "Id").empty()) return std::nullopt;
    const auto& state = fields_at(*answer, "State");
    ContainerState container;
    container.id = text_at(*answer, "Id");
    container.name = text_at(*answer, "Name");
    if (container.name.starts_with('/')) container.name.erase(0, 1);
    // Between two tries of a crash loop the engine says both.
    container.running = flag_at(state, "Running") && !flag_at(state, "Restarting");
    container.exit_code = static_cast<int>(number_at(state, "ExitCode"));
    container.out_of_memory = flag_at(state, "OOMKilled");
    container.started_at = text_at(state, "StartedAt");
    container.restart_count = static_cast<int>(number_at(*answer, "RestartCount"));
    container.labels = texts_at(fields_at(*answer, "Config"), "Labels");
    container.image_id = text_at(*answer, "Image");
    container.networks = network_names(*answer);
    return container;
}

std::int64_t read_container_pid(std::string_view body) {
    const auto answer = read_object(body);
    return answer ? number_at(fields_at(*answer, "State"), "Pid") : 0;
}

namespace {

// The objects of a list; nothing when it is none.
std::optional<std::vector<json::object>> read_list(std::string_view body) {
    boost::system::error_code failure;
    const auto value = json::parse(body, failure);
    if (failure || !value.is_array()) return std::nullopt;
    std::vector<json::object> entries;
    for (const auto& entry : value.get_array()) {
        if (!entry.is_object()) return std::nullopt;
        entries.push_back(entry.get_object());
    }
    return entries;
}

std::vector<std::string> names_at(const json::object& entry, std::string_view key) {
    std::vector<std::string> names;
    const auto* list = entry.if_contains(key);
    if (list == nullptr || !list->is_array()) return names;
    for (const auto& name : list->get_array())
        if (name.is_string()) names.emplace_back(name.get_string());
    return names;
}

} // namespace

std::optional<std::vector<ContainerState>> read_containers(std::string_view body) {
    const auto entries = read_list(body);
    if (!entries) return std::nullopt;
    std::vector<ContainerState> containers;
    for (const auto& entry : *entries) {
        ContainerState container;
        container.id = text_at(entry, "Id");
        const auto names = names_at(entry, "Names");
        if (container.id.empty() || names.empty()) continue; // it is just being removed
        container.name = names.front().starts_with('/') ? names.front().substr(1) : names.front();
        container.running = text_at(entry, "State") == "running";
        container.labels = texts_at(entry, "Labels");
        container.image_id = text_at(entry, "ImageID");
        container.networks = network_names(entry);
        containers.push_back(std::move(container));
    }
    return containers;
}

std::optional<std::vector<StoredImage>> read_images(std::string_view body) {
    const auto entries = read_list(body);
    if (!entries) return std::nullopt;
    std::vector<StoredImage> images;
    for (const auto& entry : *entries) {
        StoredImage image;
        image.id = text_at(entry, "Id");
        image.tags = names_at(entry, "RepoTags");
        std::erase(image.tags, "<none>:<none>");
        image.labels = texts_at(entry, "Labels");
        image.created_at = number_at(entry, "Created");
        images.push_back(std::move(image));
    }
    return images;
}

std::optional<std::vector<NetworkInfo>> read_networks(std::string_view body) {
    const auto entries = read_list(body);
    if (!entries) return std::nullopt;
    std::vector<NetworkInfo> networks;
    for (const auto& entry : *entries)
        networks.push_back({text_at(entry, "Name"), texts_at(entry, "Labels")});
    return networks;
}

std::optional<StatsSample> read_stats(std::string_view body) {
    const auto answer = read_object(body);
    if (!answer || object_at(*answer, "cpu_stats") == nullptr) return std::nullopt;
    const auto& cpu = fields_at(*answer, "cpu_stats");
    const auto& memory = fields_at(*answer, "memory_stats");
    const auto& details = fields_at(memory, "stats");
    StatsSample sample;
    sample.cpu_nanoseconds = number_at(fields_at(cpu, "cpu_usage"), "total_usage");
    sample.system_nanoseconds = number_at(cpu, "system_cpu_usage");
    sample.processors = std::max<std::int64_t>(number_at(cpu, "online_cpus"), 1);
    // cgroup v1 has both names, and the second is without the children's part there
    const auto* cache = details.contains("total_inactive_file") ? "total_inactive_file" : "inactive_file";
    const auto used = number_at(memory, "usage");
    sample.memory_bytes = std::max<std::int64_t>(used - std::min(number_at(details, cache), used), 0);
    sample.memory_limit_bytes = number_at(memory, "limit");
    return sample;
}

std::optional<double> cpu_percent(const StatsSample& before, const StatsSample& after) {
    const auto used = after.cpu_nanoseconds - before.cpu_nanoseconds;
    const auto passed = after.system_nanoseconds - before.system_nanoseconds;
    if (used < 0 || passed <= 0) return std::nullopt;
    return 100.0 * static_cast<double>(used) / static_cast<double>(passed) *
           static_cast<double>(after.processors);
}

Error error_of(const net::Response& response) {
    const auto answer = read_object(response.body);
    auto sentence = answer ? clean_text(text_at(*answer, "message"), sentence_limit_bytes) : std::string();
    if (sentence.empty()) sentence = "Docker answered with status " + std::to_string(response.status) + ".";
    auto code = Code::internal;
    if (response.status == 404) code = Code::not_found;
    const bool is_taken = sentence.find("port is already allocated") != std::string::npos ||
                          sentence.find("address already in use") != std::string::npos;
    if (response.status == 409 || is_taken) code = Code::conflict;
    return {code, std::move(sentence), {}};
}

} // namespace panel::docker
