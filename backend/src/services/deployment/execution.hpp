#pragma once
// One running deployment: performs the pipeline's actions on the real ports and keeps what they find out.
// Each action is idempotent: a deployment taken over from a dead worker starts again and ends the same. Lives
// inside Runner::run. Loop thread only.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "database/claim_repo.hpp"
#include "models/deployment.hpp"
#include "models/domain.hpp"
#include "models/project.hpp"
#include "services/caddy/proxy_control.hpp"
#include "services/caddy/slot_markers.hpp"
#include "services/deployment/build_log.hpp"
#include "services/deployment/build_room.hpp"
#include "services/deployment/pipeline.hpp"
#include "services/deployment/settings.hpp"
#include "services/docker/docker_engine.hpp"
#include "services/framework/plan.hpp"
#include "services/git/git_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <soci/soci.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace panel::database {
class Database;
} // namespace panel::database

namespace panel::environment {
class EnvironmentService;
} // namespace panel::environment

namespace panel::deployment {

// The ports and services that deployments stand on; App owns them all and outlives every deployment.
struct Ports {
    database::Database& database;
    const Clock& clock;
    docker::DockerEngine& docker;
    git::GitClient& git;
    caddy::ProxyControl& proxy;
    caddy::SlotMarkers& markers;
    environment::EnvironmentService& environment;
    DeploymentEvents& events;
    boost::asio::thread_pool& pool;
    Settings settings;
    BuildRoom* room = nullptr; // nothing: builds begin at once and are not limited
    // Whether the disk has room for another build, after cleaning up where it has not. Errors: unavailable,
    // with a sentence for people.
    std::function<boost::asio::awaitable<Result<void>>()> make_space = {};
};

class Execution {
  public:
    Execution(Ports& ports, BuildLog& log, Deployment deployment, Project project, database::Claim claim);

    // Reads what is live now and makes the markers say so; for a rollback, reads the kept release.
    boost::asio::awaitable<Result<PipelineStart>> prepare();
    // Performs one action. An error is a failure with explanation() set.
    boost::asio::awaitable<Result<void>> perform(Action action);
    void end_action(Action action, Outcome outcome);
    // After a cancel or a failure, when no explanation has been given.
    void fail_with(Explanation explanation) { explanation_ = std::move(explanation); }
    void set_outcome(Outcome outcome) { outcome_ = outcome; }
    // The action has passed its limit and was stopped.
    boost::asio::awaitable<void> pass_deadline(Action action, std::chrono::milliseconds limit);
    // Cancelled: a release that is live already stays, but what it replaced is not waited for as long.
    void hurry();

    [[nodiscard]] bool is_static() const { return release_.kind == "static"; }
    [[nodiscard]] const std::optional<Explanation>& explanation() const { return explanation_; }
    [[nodiscard]] const std::string& build_id() const { return build_id_; }
    [[nodiscard]] const Deployment& deployment() const { return deployment_; }
    // Another worker has the deployment: nothing more may be done or written, not even undone.
    [[nodiscard]] bool lost_claim() const { return lost_claim_; }

  private:
    // execution_build.cpp
    boost::asio::awaitable<Result<void>> fetch();
    boost::asio::awaitable<Result<void>> detect();
    boost::asio::awaitable<Result<void>> build();
    boost::asio::awaitable<Result<void>> enter_room();
    boost::asio::awaitable<Result<void>> build_image();
    boost::asio::awaitable<Result<docker::BuildOutcome>> run_build(docker::BuildRequest request,
                                                                   net::BodySource context, BuildUse& use);
    boost::asio::awaitable<Result<void>> check_space();
    boost::asio::awaitable<Result<void>> export_files();
    // execution_release.cpp
    boost::asio::awaitable<Result<void>> retire_warm();
    boost::asio::awaitable<Result<void>> start();
    boost::asio::awaitable<void> forget_image();
    boost::asio::awaitable<Result<void>> check_health();
    boost::asio::awaitable<Result<void>> check_files();
    boost::asio::awaitable<Result<void>> route();
    boost::asio::awaitable<Result<void>> switch_over();
    boost::asio::awaitable<Result<void>> confirm_route();
    void go_live(soci::session& session);
    boost::asio::awaitable<Result<void>> commit_live();
    boost::asio::awaitable<Result<void>> drain();
    boost::asio::awaitable<Result<void>> stop_previous();
    boost::asio::awaitable<Result<void>> undo_switch();
    boost::asio::awaitable<Result<void>> remove_new();
    boost::asio::awaitable<void> wait_until_quiet(std::vector<caddy::Slot> slots,
                                                  std::chrono::milliseconds quiet_time);
    boost::asio::awaitable<bool> still_runs(const Release& warm);
    // execution.cpp
    boost::asio::awaitable<Result<void>> take_up_kept(std::optional<Release> kept,
                                                      const std::optional<Release>& warm);
    boost::asio::awaitable<Result<void>> finish();
    boost::asio::awaitable<Result<void>> enter_step(Action action);
    void pass_steps(soci::session& session, StepName from, StepName to, bool is_first, Timestamp now) const;
    std::unexpected<Error> lose_claim();

    Result<void> explain(const Error& error, std::string reason, std::string next_step);

    Ports& ports_;
    BuildLog& log_;
    Deployment deployment_;
    Project project_;
    database::Claim claim_;
    std::string build_id_;

    std::optional<std::chrono::steady_clock::time_point> hurried_at_;
    std::optional<StepName> step_;
    StepStatus step_ending_ = StepStatus::success;
    Outcome outcome_ = Outcome::succeeded;
    std::optional<Explanation> explanation_;
    // Writes that go with the next step's start, so that a step costs one commit.
    std::vector<std::function<void(soci::session&)>> deferred_;

    Timestamp committed_at_;
    std::vector<git::TreeEntry> entries_;
    framework::Plan plan_;
    std::unique_ptr<BuildRoom::Place> place_; // while it builds
    std::optional<std::int64_t> known_peak_bytes_;
    std::vector<std::string> build_arguments_; // that the repository's own Dockerfile declares
    Release release_;                          // the new one, filled as it comes into being
    std::vector<std::pair<std::string, std::string>> environment_; // run time
    caddy::Site site_;
    std::vector<Domain> domains_;
    bool lost_claim_ = false;
    bool already_live_ = false;
    caddy::Slot previous_ = caddy::Slot::none;
    std::vector<caddy::Slot> replaced_; // whose containers are drained and stopped once the release is live
    caddy::Slot warm_ = caddy::Slot::none; // where a release is kept warm, until it goes
    bool is_warm_ = false;                 // it is the one that is rolled back to
    bool keeps_previous_ = false;          // blue-green: what is replaced stays warm
    std::int64_t previous_files_ = 0;      // deployment whose files were served
    bool previous_single_page_ = false;
    bool single_page_ = false;
};

} // namespace panel::deployment
