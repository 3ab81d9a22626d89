#include "services/docker/line_assembler.hpp"

#include "base/utf8.hpp"

#include <utility>

namespace panel::docker {

namespace {

constexpr std::string_view cut_marker = " [line cut: it is longer than 16 KiB]\n";

} // namespace

std::string clean_text(std::string_view bytes, std::size_t limit) {
    const auto text = to_valid_utf8(bytes);
    return std::string(utf8_prefix(text, limit));
}

void LineAssembler::take(std::string_view piece, std::string& out) {
    if (skipping_) return;
    if (pending_.size() + piece.size() <= line_limit_bytes) {
        pending_ += piece;
        return;
    }
    pending_ += piece.substr(0, line_limit_bytes - pending_.size());
    out += clean_text(std::exchange(pending_, {}), line_limit_bytes);
    out += cut_marker;
    skipping_ = true;
}

void LineAssembler::feed(std::string_view bytes, std::string& out) {
    for (;;) {
        const auto end = bytes.find('\n');
        take(bytes.substr(0, end), out);
        if (end == std::string_view::npos) return;
        if (!std::exchange(skipping_, false)) {
            out += clean_text(pending_, line_limit_bytes);
            out += '\n';
            pending_.clear();
        }
        bytes.remove_prefix(end + 1);
    }
}

void LineAssembler::finish(std::string& out) {
    skipping_ = false;
    if (pending_.empty()) return;
    out += clean_text(std::exchange(pending_, {}), line_limit_bytes);
    out += '\n';
}

} // namespace panel::docker
