#include "services/docker/build_response.hpp"

#include "services/docker/json_fields.hpp"

#include <boost/json/parse.hpp>

#include <utility>

namespace panel::docker {

namespace json = boost::json;

namespace {

constexpr std::size_t record_limit_bytes = 8 * 1024 * 1024;
constexpr std::size_t error_limit_bytes = 4096;
constexpr std::string_view blanks = " \t\r\n";

bool is_blank(std::string_view text) { return text.find_first_not_of(blanks) == std::string_view::npos; }

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+') return 62;
    return c == '/' ? 63 : -1;
}

} // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    unsigned buffer = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const int value = base64_value(c);
        if (value < 0) return std::nullopt;
        buffer = (buffer << 6U) | static_cast<unsigned>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>((buffer >> bits) & 0xFFU);
        buffer &= (1U << bits) - 1;
    }
    return bytes;
}

void BuildResponse::read_failure(const json::object& record) {
    auto sentence = text_at(record, "error");
    if (const auto* detail = object_at(record, "errorDetail")) {
        if (sentence.empty()) sentence = text_at(*detail, "message");
        if (const auto code = number_at(*detail, "code"); code != 0) classic_code_ = static_cast<int>(code);
    }
    if (!sentence.empty() && error_.empty()) error_ = clean_text(sentence, error_limit_bytes);
}

bool BuildResponse::read_record(std::string_view line, std::string& out) {
    boost::system::error_code failure;
    const auto value = json::parse(line, failure);
    if (failure) return false;
    const auto* record = value.if_object();
    if (record == nullptr) return true;
    read_failure(*record);
    if (const auto stream = text_at(*record, "stream"); !stream.empty()) {
        constexpr std::string_view separator = " : ";
        if (const auto at = stream.find(separator);
            stream.starts_with("Step ") && at != std::string_view::npos) {
            const auto step = stream.substr(at + separator.size());
            classic_step_ = step.substr(0, step.find('\n'));
        }
        if (!stream.starts_with("Successfully tagged ")) classic_.feed(stream, out); // the tag is for us only
    }
    if (text_at(*record, "id") == "moby.buildkit.trace") {
        if (const auto message = decode_base64(text_at(*record, "aux"))) out += progress_.feed(*message);
    } else if (const auto* aux = object_at(*record, "aux")) {
        if (const auto id = text_at(*aux, "ID"); !id.empty()) image_id_ = id;
    }
    return true;
}

void BuildResponse::hold(std::string_view piece) {
    if (skipping_) return;
    if (line_.size() + piece.size() > record_limit_bytes) {
        skipping_ = true;
        line_ = {};
        return;
    }
    line_ += piece;
}

std::string BuildResponse::feed(std::string_view bytes) {
    std::string out;
    for (;;) {
        const auto end = bytes.find('\n');
        hold(bytes.substr(0, end));
        if (end == std::string_view::npos) return out;
        if (!std::exchange(skipping_, false)) read_record(std::exchange(line_, {}), out);
        bytes.remove_prefix(end + 1);
    }
}

std::string BuildResponse::finish() {
    std::string out;
    broken_off_ = skipping_ || (!is_blank(line_) && !read_record(line_, out));
    line_.clear();
    classic_.finish(out);
    out += progress_.finish();
    // A step that failed has said so. What is left failed without one, such as a Dockerfile that cannot be
    // parsed.
    if (!error_.empty() && !progress_.failed_step() && !is_cancellation(error_))
        out += "ERROR: " + error_ + "\n";
    return out;
}

Result<BuildOutcome> BuildResponse::outcome() const {
    BuildOutcome outcome;
    if (error_.empty() && !broken_off_ && !image_id_.empty()) {
        outcome.succeeded = true;
        outcome.image_id = image_id_;
        return outcome;
    }
    if (error_.empty()) return fail(Code::unavailable, "Docker broke off the build before it ended.");
    outcome.error = error_;
    outcome.failed_step = classic_step_;
    outcome.exit_code = classic_code_;
    if (const auto& step = progress_.failed_step()) {
        outcome.failed_step = step->name;
        outcome.exit_code = exit_code_of(step->error);
    }
    return outcome;
}

} // namespace panel::docker
