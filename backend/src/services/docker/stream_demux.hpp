#pragma once
// Splits the log stream of a container without a terminal into lines (Docker Engine API v1.41, "Stream
// format" of POST /containers/{id}/attach: frames of one byte stream, three zero bytes, four bytes big-endian
// length, payload). stdout and stderr have a line assembler each, so that a half line of one is not glued to
// the other. Pure; not thread-safe.

#include "services/docker/line_assembler.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace panel::docker {

class StreamDemux {
  public:
    // The lines that `bytes` completes. After a header that cannot be one, is_broken() and everything further
    // is dropped.
    [[nodiscard]] std::string feed(std::string_view bytes);
    // What is held back at the end of the stream.
    [[nodiscard]] std::string finish();
    [[nodiscard]] bool is_broken() const { return broken_; }

  private:
    void read_header();

    std::array<unsigned char, 8> header_{};
    std::size_t header_size_ = 0;
    std::size_t left_ = 0; // of the payload
    LineAssembler* stream_ = nullptr;
    LineAssembler output_;
    LineAssembler errors_;
    bool broken_ = false;
};

} // namespace panel::docker
