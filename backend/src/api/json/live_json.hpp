#pragma once
// What a project's live release uses, and where webhooks reach it, as they go over the wire. Plain data.

#include "api/json/field_types.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace panel::api::wire {

struct Metrics {
    static constexpr std::string_view schema_name = "Metrics";
    double cpu_percent = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t memory_limit_bytes = 0;
    bool running = false;
    std::optional<std::string> slot; // "blue", "green", "static"; null when nothing is live
    int open_requests = 0;
};
BOOST_DESCRIBE_STRUCT(Metrics, (),
                      (cpu_percent, memory_bytes, memory_limit_bytes, running, slot, open_requests))

struct WebhookUrls {
    static constexpr std::string_view schema_name = "WebhookUrls";
    std::string github;
    std::string gitlab;
    std::string gitea;
    std::string bitbucket;
};
BOOST_DESCRIBE_STRUCT(WebhookUrls, (), (github, gitlab, gitea, bitbucket))

struct Webhook {
    static constexpr std::string_view schema_name = "Webhook";
    WebhookUrls urls;
    std::string secret;
};
BOOST_DESCRIBE_STRUCT(Webhook, (), (urls, secret))

struct WebhookOutcome {
    static constexpr std::string_view schema_name = "WebhookOutcome";
    json::Maybe<std::int64_t> deployment_id; // with 202
    json::Maybe<std::string> ignored;        // why, with 200
};
BOOST_DESCRIBE_STRUCT(WebhookOutcome, (), (deployment_id, ignored))

} // namespace panel::api::wire
