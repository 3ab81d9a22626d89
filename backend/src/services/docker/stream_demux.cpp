#include "services/docker/stream_demux.hpp"

namespace panel::docker {

void StreamDemux::read_header() {
    // 0 stdin, 1 stdout, 2 stderr, 3 an error of the engine itself
    broken_ = header_[0] > 3 || header_[1] != 0 || header_[2] != 0 || header_[3] != 0;
    stream_ = header_[0] >= 2 ? &errors_ : &output_;
    left_ = (std::size_t{header_[4]} << 24U) | (std::size_t{header_[5]} << 16U) |
            (std::size_t{header_[6]} << 8U) | header_[7];
    header_size_ = 0;
}

std::string StreamDemux::feed(std::string_view bytes) {
    std::string lines;
    while (!bytes.empty() && !broken_) {
        if (left_ > 0) {
            const auto piece = bytes.substr(0, left_);
            stream_->feed(piece, lines);
            left_ -= piece.size();
            bytes.remove_prefix(piece.size());
            continue;
        }
        header_.at(header_size_++) = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        if (header_size_ == header_.size()) read_header();
    }
    return lines;
}

std::string StreamDemux::finish() {
    std::string lines;
    output_.finish(lines);
    errors_.finish(lines);
    return lines;
}

} // namespace panel::docker
