#pragma once
// What a container of ours may be: the only way to a body of POST /containers/create. Pure. The fields are an
// allow-list: nothing here can ask for privileges, host mounts, host networks or foreign ports (security
// checks CI01 to CI07).

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace panel::docker {

struct ContainerSpec {
    std::string name;    // "vps-panel-p3-green"
    std::string image;   // id or tag
    std::string network; // one user-defined bridge per project: "vps-panel-p3"; "" for none at all
    std::map<std::string, std::string> labels;
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<std::string> command; // argv; empty: the image's own
    std::uint16_t container_port = 0; // where the app listens; 0 publishes nothing (static output)
    std::uint16_t host_port = 0;      // published on 127.0.0.1 only
    std::int64_t memory_bytes = 0;    // 0: no limit
    std::int64_t nano_cpus = 0;       // 0: no limit
    std::int64_t process_limit = 512;
};

// The JSON body of POST /containers/create (API v1.41).
[[nodiscard]] std::string render_container(const ContainerSpec& spec);

} // namespace panel::docker
