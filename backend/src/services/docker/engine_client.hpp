#pragma once
// DockerEngine over the engine's unix socket (Docker Engine API v1.41; paths without a version, so that newer
// engines speak their own). Owned by App; the pool must outlive it. Loop thread only; files are written on
// the pool. Deadlines stand at the top of the .cpp files.

#include "services/docker/docker_engine.hpp"
#include "services/docker/engine_answer.hpp"

#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace panel::docker {

// Marks what belongs to one panel: its value names the data directory, so that two panels on one engine leave
// each other alone.
inline constexpr const char* data_label = "vps-panel.data";

class EngineClient final : public DockerEngine {
  public:
    // `answer_deadline` is for calls that only look something up or note something down.
    EngineClient(std::string socket_path, boost::asio::thread_pool& pool,
                 std::chrono::milliseconds answer_deadline = std::chrono::seconds{30});

    boost::asio::awaitable<Result<EngineVersion>> version() override;

    boost::asio::awaitable<Result<EngineInfo>> info() override;

    boost::asio::awaitable<Result<BuildOutcome>> build(BuildRequest request, net::BodySource context,
                                                       LogSink log) override;
    boost::asio::awaitable<Result<void>> cancel_build(std::string build_id) override;

    boost::asio::awaitable<Result<ImageInfo>> inspect_image(std::string reference) override;
    boost::asio::awaitable<Result<void>> remove_image(std::string reference) override;
    boost::asio::awaitable<Result<std::vector<StoredImage>>> list_images(std::string label,
                                                                         std::string value) override;
    boost::asio::awaitable<Result<EngineDisk>> disk_usage(std::string label, std::string value) override;
    boost::asio::awaitable<Result<std::int64_t>> prune_build_cache(std::int64_t keep_bytes) override;

    boost::asio::awaitable<Result<std::string>> create_container(ContainerSpec spec) override;
    boost::asio::awaitable<Result<void>> start_container(std::string id_or_name) override;
    boost::asio::awaitable<Result<void>> stop_container(std::string id_or_name,
                                                        std::chrono::seconds grace) override;
    boost::asio::awaitable<Result<void>> remove_container(std::string id_or_name) override;
    boost::asio::awaitable<Result<ContainerState>> inspect_container(std::string id_or_name) override;
    boost::asio::awaitable<Result<std::vector<ContainerState>>> list_containers(std::string label,
                                                                                std::string value) override;
    boost::asio::awaitable<Result<ContainerStats>> container_stats(std::string id_or_name) override;
    boost::asio::awaitable<Result<ListeningPorts>> listening_ports(std::string id_or_name) override;
    boost::asio::awaitable<Result<void>> remove_network(std::string name) override;
    boost::asio::awaitable<Result<std::vector<NetworkInfo>>> list_networks(std::string label,
                                                                           std::string value) override;

    boost::asio::awaitable<Result<std::string>> container_log(std::string id_or_name, int tail) override;
    boost::asio::awaitable<Result<void>> follow_container_log(std::string id_or_name, LogSink log) override;

    boost::asio::awaitable<Result<void>> copy_out(std::string id_or_name, std::string path,
                                                  std::string destination, std::int64_t limit_bytes) override;

  private:
    [[nodiscard]] net::Call call(std::string method, std::string target) const;
    // Sends; an answer of 400 and above is an Error, and what the connection says is put in words about
    // Docker.
    boost::asio::awaitable<Result<net::Response>> ask(net::Call call);
    boost::asio::awaitable<Result<void>> order(net::Call call); // absent is success

    boost::asio::awaitable<Result<void>> ensure_network(std::string name,
                                                        std::map<std::string, std::string> labels);
    boost::asio::awaitable<Result<std::string>> post_container(const ContainerSpec& spec);
    boost::asio::awaitable<Result<void>> remove_if_ours(const ContainerSpec& spec);
    boost::asio::awaitable<Result<StatsSample>> sample_stats(std::string id_or_name);

    std::string socket_path_;
    boost::asio::thread_pool& pool_;
    std::chrono::milliseconds answer_deadline_;
    std::map<std::string, StatsSample> samples_; // the newest of each container, as it was asked for
};

} // namespace panel::docker
