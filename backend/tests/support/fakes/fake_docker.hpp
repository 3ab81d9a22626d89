#pragma once
// A Docker engine in memory that keeps the promises of its port: what was created can be inspected, started,
// stopped and listed; a container that goes ends the logs that follow it. Calls are recorded as sentences.
// Loop thread only.

#include "services/docker/docker_engine.hpp"
#include "support/fakes/hang.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace panel::test {

class FakeDocker final : public docker::DockerEngine {
  public:
    // What happens from now on.
    bool is_down = false;              // every call answers unavailable
    std::string hangs_at;              // this call, in the words of calls(), never answers
    docker::BuildOutcome next_build{}; // image_id is made up when it succeeded
    std::vector<std::string> build_lines{"#1 [internal] load build definition", "#2 RUN npm ci",
                                         "#2 DONE 0.1s"};
    std::map<std::string, std::map<std::string, std::string>>
        image_files; // by image id: path -> bytes, for copy_out
    docker::ContainerStats stats{12.5, 64 << 20, 512 << 20};
    std::optional<docker::ListeningPorts>
        ports_seen;                               // by listening_ports(); nothing: the port it was made for
    docker::EngineInfo engine_info{};             // another machine's, unless a test says more
    std::vector<docker::CacheRecord> build_cache; // what disk_usage() tells
    // Told of each call before it is done, in the words of calls(). What it throws leaves the call.
    std::function<void(const std::string& call)> on_call;
    // A build goes on in here, after build_lines; it may print, wait and be cancelled.
    std::function<boost::asio::awaitable<void>(docker::LogSink)> while_building;

    FakeDocker() { next_build.succeeded = true; }

    // The container prints this: followers get it, the log keeps it.
    void print(const std::string& name, const std::string& text);
    // An image out of nothing, tagged with its id.
    void add_image(const std::string& id, std::int64_t bytes, std::map<std::string, std::string> labels);
    // A running container out of nothing, as an earlier deployment left it.
    void add_running(const std::string& name, std::map<std::string, std::string> labels = {});
    // Its process ends and the engine starts it again.
    void restart(const std::string& name);
    // It ends with this code and is started again, over and over: seen in turns running and between two
    // starts.
    void crash_loop(const std::string& name, int code);
    // Somebody removes its network by hand.
    void disconnect(const std::string& name);
    // Left behind by somebody who died.
    void add_image(const std::string& tag, const std::string& id, std::map<std::string, std::string> labels);
    void add_network(const std::string& name, std::map<std::string, std::string> labels);
    [[nodiscard]] bool has_network(const std::string& name) const { return networks_.contains(name); }
    // Its process ends by itself.
    void exit(const std::string& name, int code, bool out_of_memory = false);
    [[nodiscard]] bool has_image(const std::string& tag_or_id) const;
    [[nodiscard]] std::vector<std::string> containers() const;                      // names
    [[nodiscard]] const docker::ContainerSpec& spec(const std::string& name) const; // as last created
    [[nodiscard]] bool is_running(const std::string& name) const;
    [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
    [[nodiscard]] std::size_t followers(const std::string& name) const;

    boost::asio::awaitable<Result<docker::EngineVersion>> version() override;
    boost::asio::awaitable<Result<docker::EngineInfo>> info() override;
    boost::asio::awaitable<Result<docker::BuildOutcome>>
    build(docker::BuildRequest request, net::BodySource context, docker::LogSink log) override;
    boost::asio::awaitable<Result<void>> cancel_build(std::string build_id) override;
    boost::asio::awaitable<Result<docker::ImageInfo>> inspect_image(std::string reference) override;
    boost::asio::awaitable<Result<void>> remove_image(std::string reference) override;
    boost::asio::awaitable<Result<std::vector<docker::StoredImage>>> list_images(std::string label,
                                                                                 std::string value) override;
    boost::asio::awaitable<Result<docker::EngineDisk>> disk_usage(std::string label,
                                                                  std::string value) override;
    boost::asio::awaitable<Result<std::int64_t>> prune_build_cache(std::int64_t keep_bytes) override;
    boost::asio::awaitable<Result<std::string>> create_container(docker::ContainerSpec spec) override;
    boost::asio::awaitable<Result<void>> start_container(std::string id_or_name) override;
    boost::asio::awaitable<Result<void>> stop_container(std::string id_or_name,
                                                        std::chrono::seconds grace) override;
    boost::asio::awaitable<Result<void>> remove_container(std::string id_or_name) override;
    boost::asio::awaitable<Result<docker::ContainerState>> inspect_container(std::string id_or_name) override;
    boost::asio::awaitable<Result<std::vector<docker::ContainerState>>>
    list_containers(std::string label, std::string value) override;
    boost::asio::awaitable<Result<docker::ContainerStats>> container_stats(std::string id_or_name) override;
    boost::asio::awaitable<Result<docker::ListeningPorts>> listening_ports(std::string id_or_name) override;
    boost::asio::awaitable<Result<void>> remove_network(std::string name) override;
    boost::asio::awaitable<Result<std::vector<docker::NetworkInfo>>>
    list_networks(std::string label, std::string value) override;
    boost::asio::awaitable<Result<std::string>> container_log(std::string id_or_name, int tail) override;
    boost::asio::awaitable<Result<void>> follow_container_log(std::string id_or_name,
                                                              docker::LogSink log) override;
    boost::asio::awaitable<Result<void>> copy_out(std::string id_or_name, std::string path,
                                                  std::string destination, std::int64_t limit_bytes) override;

  private:
    // Shared with those who follow its log: it may be removed meanwhile.
    struct Container {
        docker::ContainerState state;
        int port = 0;
        std::string log;
        bool removed = false;
        int loop_code = 0; // of a crash loop
        std::vector<boost::asio::steady_timer*> followers;
    };
    using Shared = std::shared_ptr<Container>;
    [[nodiscard]] Shared find(const std::string& id_or_name) const;
    [[nodiscard]] Result<Shared> require(const std::string& id_or_name) const;
    static void wake(const Container& container);
    boost::asio::awaitable<void> record(std::string call) {
        calls_.push_back(call);
        if (on_call) on_call(call);
        if (call == hangs_at) co_await hang();
    }

    std::map<std::string, Shared> containers_;                           // by name
    std::map<std::string, docker::ImageInfo> images_;                    // by tag
    std::map<std::string, std::map<std::string, std::string>> networks_; // labels by name
    std::map<std::string, docker::ContainerSpec> specs_;                 // by name
    std::vector<std::string> calls_;
    int next_id_ = 1;
};

} // namespace panel::test
