#include "services/deployment/log_text.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panel::deployment {

std::string without_times(std::string_view lines) {
    constexpr std::size_t shortest = std::string_view("2026-01-31T09:05:00Z ").size();
    std::string text;
    while (!lines.empty()) {
        auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(lines.size(), line.size() + 1));
        const auto space = line.find(' ');
        if (line.size() >= shortest && line[4] == '-' && line[10] == 'T' && space != std::string_view::npos &&
            line[space - 1] == 'Z')
            line.remove_prefix(space + 1);
        text.append(line).append("\n");
    }
    return text;
}

std::string plain_text(std::string_view line) {
    while (line.ends_with('\r')) line.remove_suffix(1);
    const auto redrawn = line.rfind('\r');
    if (redrawn != std::string_view::npos) line.remove_prefix(redrawn + 1);
    std::string text;
    text.reserve(line.size());
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\x1b') {
            if (static_cast<unsigned char>(line[i]) >= 0x20U || line[i] == '\t') text += line[i];
            continue;
        }
        if (i + 1 < line.size() && line[i + 1] == '[') { // CSI: parameters, then one final byte
            i += 2;
            while (i < line.size() && (line[i] < '@' || line[i] > '~')) ++i;
        } else if (i + 1 < line.size() && line[i + 1] == ']') { // OSC: up to BEL or ST
            i += 2;
            while (i < line.size() && line[i] != '\a' && line[i] != '\x1b') ++i;
            if (i < line.size() && line[i] == '\x1b') ++i;
        } else {
            ++i;
        }
    }
    return text;
}

void LogText::take_line(Timestamp now, std::string_view line, std::string& out) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto text = to_valid_utf8(line);
    if (dropped_ > 0) {
        text = std::string(utf8_prefix(text, line_limit)) +
               fmt::format(" [{} more bytes of this line are not kept]", dropped_);
        dropped_ = 0;
    }
    out += to_iso8601(now);
    out += ' ';
    out += text;
    out += '\n';
    newest_.push_back({++lines_, plain_text(text)});
    if (newest_.size() > remembered_lines) newest_.pop_front();
}

std::string LogText::append(Timestamp now, std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto piece = text.substr(0, end);
        const auto room = line_limit > partial_.size() ? line_limit - partial_.size() : 0;
        partial_ += piece.substr(0, room);
        dropped_ += piece.size() - std::min(piece.size(), room);
        if (end == std::string_view::npos) break;
        take_line(now, partial_, out);
        partial_.clear();
        text.remove_prefix(end + 1);
    }
    return out;
}

void LogText::gather(std::int64_t line) {
    lines_ = std::min(lines_, line);
    for (auto& each : newest_) each.number = std::min(each.number, line);
}

std::string LogText::finish(Timestamp now) {
    std::string out;
    if (!partial_.empty()) take_line(now, partial_, out);
    partial_.clear();
    return out;
}

std::string plain_lines(std::string_view lines) {
    const auto text = without_times(lines);
    std::string out;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto newline = rest.find('\n');
        out += plain_text(to_valid_utf8(rest.substr(0, std::min(newline, LogText::line_limit))));
        out += '\n';
        if (newline == std::string_view::npos) break;
        rest.remove_prefix(newline + 1);
    }
    return out;
}

} // namespace panel::deployment
