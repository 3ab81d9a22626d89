#pragma once
// What one build was seen to use, and how amounts of bytes are said to people. Plain data and pure functions.

#include <cstdint>
#include <string>

namespace panel::deployment {

struct BuildUse {
    std::int64_t peak_bytes = 0;      // of memory, without page cache; 0: not seen
    std::int64_t limit_bytes = 0;     // of all builds together; 0: none is in force
    bool out_of_memory = false;       // the limit ended a program while it ran
    bool disk_full = false;           // it was ended before it had filled the disk
    std::int64_t free_disk_bytes = 0; // then
};

// "1.5 GB", "640 MB"
[[nodiscard]] std::string say_bytes(std::int64_t bytes);

} // namespace panel::deployment
