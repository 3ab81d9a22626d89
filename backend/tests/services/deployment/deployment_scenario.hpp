#pragma once
// One project with its repository, and two ports on loopback where its containers would answer. What the
// services do to git, Docker and Caddy is one list of calls, in order; a script may step in at each call.
// Deployments are run by step(), as a worker would, or by a Worker of the test.

#include "models/deployment_row.hpp"
#include "net/http_server.hpp"
#include "support/deployment_panel.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace panel::test {

// Where a coroutine waits until the test lets it go on; a cancelled wait throws, as waits on sockets do.
class Gate {
  public:
    explicit Gate(boost::asio::io_context& loop)
        : timer_(loop, boost::asio::steady_timer::time_point::max()) {}
    boost::asio::awaitable<void> pass();
    void open();
    [[nodiscard]] bool reached() const { return reached_; }

  private:
    boost::asio::steady_timer timer_;
    bool reached_ = false;
    bool open_ = false;
};

class DeploymentScenario : public DeploymentPanel {
  public:
    DeploymentScenario();
    ~DeploymentScenario();

    // A new commit of a Node server, or of plain files (as the build leaves them).
    std::string push_server(const std::string& subject = "first commit");
    std::string push_static(const FakeGit::Files& files, const std::string& subject = "first commit");

    std::int64_t trigger(deployment::TriggerRequest request = {}); // returns the id
    std::int64_t roll_back(std::int64_t deployment_id, bool pin = false);
    void step();               // claims one deployment and runs it until it ends
    DeploymentDetail deploy(); // trigger and step
    void begin();              // claims one deployment and runs it beside the test, until finished()
    [[nodiscard]] bool finished() const { return ended_; }
    [[nodiscard]] bool is_claimable(); // by another worker
    void let_claims_run_out() { temp.clock.advance(ports.settings.claim_time + std::chrono::seconds{1}); }
    // Runs the loop until this is true; fails the test when it does not become so.
    void until(const std::function<bool()>& condition);

    [[nodiscard]] DeploymentDetail detail(std::int64_t id);
    [[nodiscard]] Project project();
    void change(const std::function<void(Project&)>& how); // its settings
    [[nodiscard]] std::optional<Release> release(std::int64_t id);
    // "success success failed skipped ...", the nine in order.
    [[nodiscard]] std::string steps(std::int64_t id);
    [[nodiscard]] std::string log(std::int64_t id);                    // as stored
    [[nodiscard]] std::vector<std::string> log_lines(std::int64_t id); // without times and colours
    [[nodiscard]] std::uint16_t port(caddy::Slot slot);
    [[nodiscard]] std::string served(const std::string& file) const; // of the published static site

    void answer(caddy::Slot slot, int status) { *status_.at(index(slot)) = status; }
    void be_silent(caddy::Slot slot); // nothing listens on its port any more
    std::vector<std::string> take_calls() { return std::exchange(calls, {}); }

    std::vector<std::string> calls; // of all ports, in order; a repeated one once
    std::function<void(const std::string& call)> script;
    std::vector<std::string> told; // at each state event: "<deployment> <status>", a repeated one once
    int log_events = 0;
    Principal owner;
    std::int64_t project_id = 0;

  private:
    static std::size_t index(caddy::Slot slot) { return slot == caddy::Slot::green ? 1 : 0; }
    void listen_on_free_pair();
    database::Claim claim();

    std::array<std::unique_ptr<net::HttpServer>, 2> apps_;
    std::array<std::shared_ptr<int>, 2> status_{std::make_shared<int>(200), std::make_shared<int>(200)};
    bool ended_ = true;
};

} // namespace panel::test
