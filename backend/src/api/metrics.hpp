#pragma once
// What the panel tells Prometheus about itself: requests, sockets, the record's size, this process. Owned by
// Api. Loop thread only.

#include "api/route.hpp"
#include "services/server/record_counts.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <map>
#include <string>

namespace panel::api {

class Metrics {
  public:
    explicit Metrics(const std::string& version);

    // `route` is nullptr for paths that are none.
    void count_request(const Route* route, int status, std::chrono::nanoseconds duration);
    // Prometheus text format 0.0.4.
    [[nodiscard]] std::string text(const server::Counts& counts, std::size_t open_sockets);

  private:
    using ByStatus = std::array<prometheus::Counter*, 6>; // 1xx to 5xx by first digit
    void measure_process();

    prometheus::Registry registry_;
    prometheus::Family<prometheus::Counter>& requests_;
    prometheus::Histogram& request_seconds_;
    prometheus::Gauge& sockets_;
    prometheus::Gauge& projects_;
    prometheus::Family<prometheus::Gauge>& deployments_;
    prometheus::Family<prometheus::Counter>& repairs_;
    prometheus::Gauge& resident_bytes_;
    prometheus::Gauge& cpu_seconds_;
    prometheus::Gauge& open_files_;
    std::map<const Route*, ByStatus> counters_; // looked up on each request: labels would be hashed each time
};

} // namespace panel::api
