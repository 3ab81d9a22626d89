#include "services/docker/container_spec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace panel::docker {

namespace json = boost::json;

namespace {

// What ordinary images need to start as root and to drop to a user of their own (an nginx, a node image with
// an entry script), and nothing that reaches the host. NET_RAW, MKNOD, SYS_CHROOT, SETPCAP, SETFCAP and
// AUDIT_WRITE of Docker's default set are left out.
constexpr const char* kept_capabilities[] = {"CHOWN",  "DAC_OVERRIDE",     "FOWNER", "SETGID",
                                             "SETUID", "NET_BIND_SERVICE", "KILL"};

// Plenty for one app on a small server, and below what engines may hand out: a container above its engine's
// limit does not start.
constexpr std::int64_t open_files = 16384;

json::array text_array(const std::vector<std::string>& values) {
    json::array list;
    for (const auto& value : values) list.emplace_back(value);
    return list;
}

json::object limits(const ContainerSpec& spec) {
    json::object host;
    if (spec.memory_bytes > 0) {
        host["Memory"] = spec.memory_bytes;
        host["MemorySwap"] =
            spec.memory_bytes; // equal: no swap on top, the app ends instead of dragging the server along
    }
    if (spec.nano_cpus > 0) host["NanoCpus"] = spec.nano_cpus;
    host["PidsLimit"] = spec.process_limit;
    host["Ulimits"] = json::array{{{"Name", "nofile"}, {"Soft", open_files}, {"Hard", open_files}}};
    return host;
}

json::object host_config(const ContainerSpec& spec) {
    auto host = limits(spec);
    host["NetworkMode"] = spec.network.empty() ? "none" : spec.network;
    host["IpcMode"] = "private";
    json::array capabilities;
    for (const auto* name : kept_capabilities) capabilities.emplace_back(name);
    host["CapDrop"] = json::array{"ALL"};
    host["CapAdd"] = std::move(capabilities);
    host["SecurityOpt"] = json::array{"no-new-privileges"};
    host["Init"] = true; // reaps zombies and passes SIGTERM on to apps that were not written to be process 1
    // Apps outlive the panel: they come back after an engine restart or a reboot while the panel is not there
    // to start them. "on-failure" would not bring back an app that ends with 0 on SIGTERM. The engine doubles
    // the pause of a crash loop up to a minute, and the panel sees restart_count and stops what never gets
    // healthy.
    host["RestartPolicy"] = {{"Name", "unless-stopped"}};
    host["LogConfig"] = {{"Type", "json-file"}, {"Config", {{"max-size", "10m"}, {"max-file", "3"}}}};
    return host;
}

} // namespace

std::string render_container(const ContainerSpec& spec) {
    json::object body;
    body["Image"] = spec.image;
    if (!spec.command.empty()) body["Cmd"] = text_array(spec.command);
    json::array environment;
    for (const auto& [key, value] : spec.environment) environment.emplace_back(key + "=" + value);
    body["Env"] = std::move(environment);
    json::object labels;
    for (const auto& [key, value] : spec.labels) labels[key] = value;
    body["Labels"] = std::move(labels);
    auto host = host_config(spec);
    if (spec.container_port != 0) {
        const auto port = fmt::format("{}/tcp", spec.container_port);
        body["ExposedPorts"] = {{port, json::object{}}};
        const json::object binding{{"HostIp", "127.0.0.1"}, {"HostPort", std::to_string(spec.host_port)}};
        host["PortBindings"] = {{port, json::array{binding}}};
    }
    body["HostConfig"] = std::move(host);
    return json::serialize(body);
}

} // namespace panel::docker
