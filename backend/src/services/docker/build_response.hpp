#pragma once
// Decodes the body of POST /build (Docker Engine API v1.41): one JSON record per line, either BuildKit's (aux
// "moby.buildkit.trace", "moby.image.id") or the classic builder's (stream, error, errorDetail, aux.ID).
// Gives log text as it comes and the outcome at the end. A record that cannot be read, or is over 8 MiB, is
// skipped. Pure; not thread-safe.

#include "base/result.hpp"
#include "services/docker/build_progress.hpp"
#include "services/docker/docker_engine.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace panel::docker {

class BuildResponse {
  public:
    // The log text that `bytes` gives: whole lines.
    [[nodiscard]] std::string feed(std::string_view bytes);
    // What is held back at the end of the body.
    [[nodiscard]] std::string finish();
    // After finish(). Error unavailable: the body ended within a record, or before the build said how it
    // ended.
    [[nodiscard]] Result<BuildOutcome> outcome() const;

  private:
    void hold(std::string_view piece);
    bool read_record(std::string_view line, std::string& out);
    void read_failure(const boost::json::object& record);

    std::string line_;
    bool skipping_ = false; // inside a record that is too long
    bool broken_off_ = false;
    BuildProgress progress_;
    LineAssembler classic_;
    std::string classic_step_; // "RUN npm ci", of the newest "Step 3/7 : RUN npm ci"
    std::optional<int> classic_code_;
    std::string image_id_;
    std::string error_;
};

// RFC 4648 section 4. Nothing when `text` is not base64.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

} // namespace panel::docker
