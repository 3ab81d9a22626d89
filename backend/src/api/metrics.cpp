#include "api/metrics.hpp"

#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace panel::api {

namespace {

const prometheus::Histogram::BucketBoundaries boundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                         0.05,   0.1,   0.25,   0.5,   1,    5};

prometheus::Gauge& make_gauge(prometheus::Registry& registry, const std::string& name,
                              const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// statm(5): the second number is resident pages.
double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double size = 0;
    double resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
    std::error_code ignored;
    double count = 0;
    for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", ignored);
         !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored))
        ++count;
    return count;
}

} // namespace

Metrics::Metrics(const std::string& version)
    : requests_(prometheus::BuildCounter()
                    .Name("vps_panel_http_requests_total")
                    .Help("Requests answered, by route and class of status.")
                    .Register(registry_)),
      request_seconds_(prometheus::BuildHistogram()
                           .Name("vps_panel_http_request_seconds")
                           .Help("Time from a complete request to its answer.")
                           .Register(registry_)
                           .Add({}, boundaries)),
      sockets_(make_gauge(registry_, "vps_panel_websockets", "WebSockets that are open.")),
      projects_(make_gauge(registry_, "vps_panel_projects", "Projects on this server.")),
      deployments_(prometheus::BuildGauge()
                       .Name("vps_panel_deployments")
                       .Help("Deployments in the record, by status.")
                       .Register(registry_)),
      repairs_(prometheus::BuildCounter()
                   .Name("vps_panel_repairs_total")
                   .Help("What reconcile found amiss and put right, by kind.")
                   .Register(registry_)),
      resident_bytes_(
          make_gauge(registry_, "process_resident_memory_bytes", "Resident memory of this process.")),
      cpu_seconds_(
          make_gauge(registry_, "process_cpu_seconds_total", "Processor time that this process has used.")),
      open_files_(make_gauge(registry_, "process_open_fds", "File descriptors that this process has open.")) {
    prometheus::BuildGauge()
        .Name("vps_panel_build_info")
        .Help("Always 1; the version is a label.")
        .Register(registry_)
        .Add({{"version", version}})
        .Set(1);
}

void Metrics::count_request(const Route* route, int status, std::chrono::nanoseconds duration) {
    const auto digit = static_cast<std::size_t>(status / 100);
    if (digit < 1 || digit > 5) return;
    auto*& counter = counters_[route][digit];
    if (!counter) {
        const std::string method(route ? to_string(route->method) : "");
        const std::string pattern(route ? route->pattern : "none");
        counter = &requests_.Add(
            {{"method", method}, {"route", pattern}, {"status", std::to_string(digit) + "xx"}});
    }
    counter->Increment();
    request_seconds_.Observe(std::chrono::duration<double>(duration).count());
}

void Metrics::measure_process() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    cpu_seconds_.Set(seconds(usage.ru_utime) + seconds(usage.ru_stime));
    resident_bytes_.Set(resident_bytes());
    open_files_.Set(open_files());
}

std::string Metrics::text(const server::Counts& counts, std::size_t open_sockets) {
    measure_process();
    sockets_.Set(static_cast<double>(open_sockets));
    projects_.Set(static_cast<double>(counts.projects));
    for (const auto& [status, count] : counts.deployments)
        deployments_.Add({{"status", std::string(to_string(status))}}).Set(static_cast<double>(count));
    for (const auto& [kind, count] : counts.repairs) {
        auto& counter = repairs_.Add({{"kind", kind}});
        counter.Increment(static_cast<double>(count) - counter.Value());
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, registry_.Collect());
    return std::move(out).str();
}

} // namespace panel::api
