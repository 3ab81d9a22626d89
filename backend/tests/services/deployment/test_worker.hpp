#pragma once
// A worker process of a test: its own runner, queue and ringer on the panel's database and ports.

#include "deployment_scenario.hpp"

#include "services/deployment/ringer.hpp"
#include "services/deployment/worker.hpp"
#include "services/jobs/embedded_queue.hpp"

#include <string>

namespace panel::test {

class TestWorker {
  public:
    explicit TestWorker(DeploymentScenario& panel, const std::string& name = "worker")
        : panel_(panel),
          ports_(with_name(panel.ports, name)),
          queue(panel.loop.get_executor(), *panel.temp.database, panel.temp.clock, settings_of(name)),
          runner(panel.loop.get_executor(), ports_),
          worker(panel.loop.get_executor(), ports_, runner, panel.bell, queue),
          ringer(panel.loop.get_executor(), *panel.temp.database, panel.temp.clock, panel.bell, queue,
                 [this](std::int64_t project) { worker.work_without_queue(project); }) {}
    ~TestWorker() {
        if (!stopped_) stop();
    }
    TestWorker(const TestWorker&) = delete;
    TestWorker& operator=(const TestWorker&) = delete;

    void start() {
        worker.start();
        ringer.start();
    }
    void stop() {
        stopped_ = true;
        panel_.run(ringer.stop(std::chrono::seconds{5}));
        panel_.run(worker.stop(std::chrono::seconds{5}));
    }

  private:
    static deployment::Ports with_name(deployment::Ports ports, const std::string& name) {
        ports.settings.worker_name = name;
        return ports;
    }
    static jobs::EmbeddedSettings settings_of(const std::string& name) {
        jobs::EmbeddedSettings settings;
        settings.owner = name;
        settings.longest_wait = std::chrono::milliseconds{5};
        settings.retry_delay = [](int) { return std::chrono::seconds{15}; };
        return settings;
    }

    DeploymentScenario& panel_;
    deployment::Ports ports_;
    bool stopped_ = false;

  public:
    jobs::EmbeddedQueue queue;
    deployment::Runner runner;
    deployment::Worker worker;
    deployment::Ringer ringer;
};

} // namespace panel::test
