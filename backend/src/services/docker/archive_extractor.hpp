#pragma once
// Unpacks the tar of GET /containers/{id}/archive, written by a stranger's build, into a directory of ours.
// libarchive decodes; what it names is made by openat() below the directory one component at a time and never
// through a link, so nothing outside can be reached whatever the names say. Only directories, files, hard
// links to files of the archive and links that stay inside are taken; anything else refuses the whole.
// Blocks: call it on the pool.

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace panel::docker {

struct ExtractionLimits {
    std::int64_t bytes = 0;         // of all files together
    std::int64_t entries = 200'000; // names of any kind
    int depth = 64;                 // directories below each other
};

// Reads the tar from `archive_descriptor` (from its current position) and strips the leading directory of
// every name. `destination` is an existing empty directory; after an error it is empty again. Modes are 0644
// and 0755, times are those of the extraction: web servers make ETags from size and time, and a build may
// give all its files one fixed time. Errors: too_large (over a limit), invalid (an entry that is refused, or
// no directory), unavailable (the tar is cut off), internal.
[[nodiscard]] Result<void> extract_archive(int archive_descriptor, const std::string& destination,
                                           ExtractionLimits limits);

} // namespace panel::docker
