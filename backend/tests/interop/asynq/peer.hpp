#pragma once
// The published Asynq, as a program of its own (main.go), in the versions that were built. Its answers are
// JSON.

#include "net/process.hpp"
#include "services/queue/world.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <vector>

namespace panel::test {

class Peer {
  public:
    Peer(QueueWorld& world, std::string program) : world_(world), program_(std::move(program)) {}

    // The programs that are there; says aloud which are not.
    static std::vector<std::string> programs();

    std::vector<boost::json::value> all(const std::string& command, const std::string& request = "{}");
    boost::json::object one(const std::string& command, const std::string& request = "{}");
    // Begins to serve; killed without warning when the handle goes.
    std::unique_ptr<net::InteractiveProcess> serve(const std::string& queues = R"({"default":1})");
    // The next line of a server: {"event":"start", ...}
    boost::json::object event(net::InteractiveProcess& server);

    [[nodiscard]] bool has_headers() const { return program_.ends_with("0.26"); }

  private:
    QueueWorld& world_;
    std::string program_;
};

} // namespace panel::test
