#include "services/docker/build_progress.hpp"

#include "services/docker/buildkit_status.pb.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace panel::docker {

namespace {

constexpr std::int64_t standard_error = 2; // of a log's stream
constexpr std::size_t step_limit = 1024;
constexpr std::size_t name_limit_bytes = 240;         // a heading, not a script
constexpr std::size_t name_source_limit_bytes = 4096; // before the mounts are taken out
constexpr std::size_t error_limit_bytes = 4096;
constexpr std::size_t reported_limit = 64; // downloads told per step
constexpr std::int64_t silent_rerun_nanoseconds =
    100'000'000; // BuildKit visits a step again to reuse its result: not worth a line

std::int64_t nanoseconds(const buildkit::Timestamp& time) {
    constexpr std::int64_t latest =
        4'000'000'000; // a time from a stream may be anything: keep the product in range
    return std::clamp<std::int64_t>(time.seconds(), 0, latest) * 1'000'000'000 + time.nanos();
}

std::string one_line(std::string_view bytes, std::size_t limit) {
    auto text = clean_text(bytes, limit);
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text;
}

// RUN ["/bin/sh", "-c", "npm ci"] -> RUN npm ci: generated Dockerfiles quote every command.
void unquote_command(std::string& name) {
    constexpr std::string_view quoted = R"(RUN ["/bin/sh", "-c", ")";
    const auto at = name.find(quoted);
    if (at == std::string::npos) return;
    std::string command;
    for (auto i = at + quoted.size(); i < name.size() && name[i] != '"'; ++i) {
        if (name[i] == '\\' && i + 1 < name.size()) ++i;
        command += name[i];
    }
    constexpr std::string_view reads_environment = ". /run/panel/env && ";
    if (command.starts_with(reads_environment)) command.erase(0, reads_environment.size());
    name.replace(at, std::string::npos, "RUN " + command);
}

// As its author wrote it: BuildKit spells out the names of official images, and mounts are our own plumbing.
std::string step_name(std::string_view bytes) {
    constexpr std::string_view official = "docker.io/library/";
    constexpr std::string_view mount = "RUN --mount=";
    auto name = one_line(bytes, name_source_limit_bytes);
    if (const auto at = name.find(official); at != std::string::npos) name.erase(at, official.size());
    for (auto at = name.find(mount); at != std::string::npos; at = name.find(mount)) {
        const auto flag = at + std::string_view("RUN ").size();
        const auto end = name.find(' ', flag);
        if (end == std::string::npos) break;
        name.erase(flag, end + 1 - flag);
    }
    unquote_command(name);
    return clean_text(name, name_limit_bytes);
}

bool is_internal_step(std::string_view name) {
    return name.starts_with("[internal]") || name == "copy /context /";
}

// "[build 3/7] RUN npm ci" -> "RUN npm ci"
std::string without_place(std::string_view name) {
    if (name.starts_with('[')) {
        if (const auto end = name.find("] "); end != std::string_view::npos) name.remove_prefix(end + 2);
    }
    return std::string(name);
}

} // namespace

bool is_cancellation(std::string_view error) {
    return error.find("context canceled") != std::string_view::npos;
}

std::optional<int> exit_code_of(std::string_view error) {
    constexpr std::string_view words = "exit code: ";
    const auto at = error.rfind(words);
    if (at == std::string_view::npos) return std::nullopt;
    error.remove_prefix(at + words.size());
    int code = 0;
    const auto [end, failure] = std::from_chars(error.data(), error.data() + error.size(), code);
    if (failure != std::errc{}) return std::nullopt;
    return code;
}

BuildProgress::Step* BuildProgress::find(const std::string& digest, std::string_view name) {
    if (const auto known = steps_.find(digest); known != steps_.end()) return &known->second;
    if (name.empty() || steps_.size() >= step_limit) return nullptr;
    auto& step = steps_[digest];
    step.name = step_name(name);
    step.is_internal = is_internal_step(name);
    return &step;
}

void BuildProgress::head(Step& step, std::string& out) {
    if (step.number == 0) step.number = ++count_;
    out += fmt::format("#{} {}\n", step.number, step.name);
    headed_ = &step;
}

void BuildProgress::print(Step& step, std::string_view lines, std::string& out) {
    if (lines.empty()) return;
    const bool is_beside = headed_ != nullptr && headed_ != &step && headed_->is_running;
    if (step.number == 0 || (headed_ != &step && !is_beside)) head(step, out);
    if (headed_ == &step) {
        out += lines;
        return;
    }
    while (!lines.empty()) {
        const auto end = lines.find('\n') + 1; // lines are whole
        out += fmt::format("#{} {}", step.number, lines.substr(0, end));
        lines.remove_prefix(end);
    }
}

void BuildProgress::on_error(Step& step, const std::string& error, std::string& out) {
    if (is_cancellation(error)) {
        if (step.number != 0) out += fmt::format("#{} CANCELED\n", step.number);
        return;
    }
    if (step.number == 0) head(step, out);
    auto sentence = one_line(error, error_limit_bytes);
    out += fmt::format("#{} ERROR: {}\n", step.number, sentence);
    if (!failed_) failed_ = FailedStep{without_place(step.name), std::move(sentence)};
}

void BuildProgress::on_end(Step& step, const buildkit::Vertex& vertex, std::string& out) {
    std::string rest;
    step.output.finish(rest);
    step.errors.finish(rest);
    print(step, rest, out);
    const auto started = nanoseconds(vertex.started());
    const auto elapsed = std::max<std::int64_t>(nanoseconds(vertex.completed()) - started, 0);
    const bool is_first = !step.has_ended;
    const bool is_news = is_first || (started != step.ended_run && elapsed >= silent_rerun_nanoseconds);
    step.is_running = false;
    step.has_ended = true;
    step.ended_run = started;
    if (!vertex.error().empty()) {
        if (is_first) on_error(step, vertex.error(), out);
    } else if (is_news && !step.is_internal) {
        if (vertex.cached()) {
            out += fmt::format("#{} CACHED\n", step.number);
        } else {
            out += fmt::format("#{} DONE {:.1f}s\n", step.number, static_cast<double>(elapsed) / 1e9);
        }
    }
}

void BuildProgress::on_vertex(const buildkit::Vertex& vertex, std::string& out) {
    auto* step = find(vertex.digest(), vertex.name());
    if (step == nullptr || !(vertex.has_started() || vertex.has_completed())) return; // announced only
    if (!step->is_internal && step->number == 0) head(*step, out);
    if (vertex.has_completed()) {
        on_end(*step, vertex, out);
    } else {
        step->is_running = true;
    }
}

// Downloads of a base image are long and silent otherwise.
void BuildProgress::on_status(const buildkit::VertexStatus& status, std::string& out) {
    if (!status.has_completed() || status.total() <= 0 || status.current() < status.total()) return;
    auto* step = find(status.vertex(), {});
    if (step == nullptr || step->is_internal || step->reported.size() >= reported_limit) return;
    auto id = one_line(status.id(), name_limit_bytes);
    if (!step->reported.insert(id).second) return;
    const auto megabytes = static_cast<double>(status.total()) / 1e6;
    print(*step, fmt::format("{} {:.1f} MB\n", id, megabytes), out);
}

void BuildProgress::on_log(const buildkit::VertexLog& log, std::string& out) {
    auto* step = find(log.vertex(), {});
    if (step == nullptr) return;
    std::string lines;
    (log.stream() == standard_error ? step->errors : step->output).feed(log.msg(), lines);
    print(*step, lines, out);
}

std::string BuildProgress::feed(std::string_view message) {
    buildkit::StatusResponse status;
    std::string out;
    if (!status.ParseFromArray(message.data(), static_cast<int>(message.size()))) return out;
    for (const auto& vertex : status.vertexes())
        find(vertex.digest(), vertex.name()); // its output may be in the same message
    // Results of earlier builds come first, then what starts; ends come after the output of the same message.
    const auto is_reused = [](const auto& vertex) { return vertex.cached() && vertex.has_completed(); };
    for (const auto& vertex : status.vertexes()) {
        if (is_reused(vertex)) on_vertex(vertex, out);
    }
    for (const auto& vertex : status.vertexes()) {
        if (!vertex.has_completed()) on_vertex(vertex, out);
    }
    for (const auto& entry : status.statuses()) on_status(entry, out);
    for (const auto& log : status.logs()) on_log(log, out);
    for (const auto& vertex : status.vertexes()) {
        if (vertex.has_completed() && !is_reused(vertex)) on_vertex(vertex, out);
    }
    return out;
}

std::string BuildProgress::finish() {
    std::string out;
    for (auto& [digest, step] : steps_) {
        std::string rest;
        step.output.finish(rest);
        step.errors.finish(rest);
        print(step, rest, out);
    }
    return out;
}

} // namespace panel::docker
