// The body of POST /containers/create, compared as a whole: what a container of ours may do is this text and
// nothing else.

#include "services/docker/container_spec.hpp"

#include <doctest/doctest.h>

using panel::docker::ContainerSpec;
using panel::docker::render_container;

TEST_CASE("a container gets its limits, one loopback port and nothing of the host") {
    ContainerSpec spec;
    spec.name = "vps-panel-p3-green";
    spec.image = "sha256:0123";
    spec.network = "vps-panel-p3";
    spec.labels = {{"vps-panel.data", "d1"}, {"vps-panel.project", "3"}};
    spec.environment = {{"PORT", "3000"}, {"MULTI", "a=b\n\"c\""}};
    spec.command = {"node", "server.js", "--title", "two words"};
    spec.container_port = 3000;
    spec.host_port = 21007;
    spec.memory_bytes = 536870912;
    spec.nano_cpus = 1500000000;
    CHECK(render_container(spec) ==
          R"({"Image":"sha256:0123","Cmd":["node","server.js","--title","two words"],)"
          R"("Env":["PORT=3000","MULTI=a=b\n\"c\""],)"
          R"("Labels":{"vps-panel.data":"d1","vps-panel.project":"3"},)"
          R"("ExposedPorts":{"3000/tcp":{}},)"
          R"("HostConfig":{"Memory":536870912,"MemorySwap":536870912,"NanoCpus":1500000000,"PidsLimit":512,)"
          R"("Ulimits":[{"Name":"nofile","Soft":16384,"Hard":16384}],)"
          R"("NetworkMode":"vps-panel-p3","IpcMode":"private","CapDrop":["ALL"],)"
          R"("CapAdd":["CHOWN","DAC_OVERRIDE","FOWNER","SETGID","SETUID","NET_BIND_SERVICE","KILL"],)"
          R"("SecurityOpt":["no-new-privileges"],"Init":true,"RestartPolicy":{"Name":"unless-stopped"},)"
          R"("LogConfig":{"Type":"json-file","Config":{"max-size":"10m","max-file":"3"}},)"
          R"("PortBindings":{"3000/tcp":[{"HostIp":"127.0.0.1","HostPort":"21007"}]}}})");
}

TEST_CASE("a container to copy from publishes nothing and reaches no network") {
    ContainerSpec spec;
    spec.name = "vps-panel-p3-copy";
    spec.image = "vps-panel/p3:d12";
    spec.command = {"none"};
    CHECK(render_container(spec) ==
          R"({"Image":"vps-panel/p3:d12","Cmd":["none"],"Env":[],"Labels":{},)"
          R"("HostConfig":{"PidsLimit":512,"Ulimits":[{"Name":"nofile","Soft":16384,"Hard":16384}],)"
          R"("NetworkMode":"none","IpcMode":"private","CapDrop":["ALL"],)"
          R"("CapAdd":["CHOWN","DAC_OVERRIDE","FOWNER","SETGID","SETUID","NET_BIND_SERVICE","KILL"],)"
          R"("SecurityOpt":["no-new-privileges"],"Init":true,"RestartPolicy":{"Name":"unless-stopped"},)"
          R"("LogConfig":{"Type":"json-file","Config":{"max-size":"10m","max-file":"3"}}}})");
}
