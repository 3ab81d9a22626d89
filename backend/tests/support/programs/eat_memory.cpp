// Takes so many megabytes of memory, says so, and keeps them for so many milliseconds: what builds and
// containers of tests run. Linked without any library, so that it runs in an image that holds nothing else.
//
//   eat_memory MEGABYTES [MILLISECONDS]

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int count, char** words) {
    const long megabytes = count > 1 ? std::atol(words[1]) : 0;
    const long milliseconds = count > 2 ? std::atol(words[2]) : 0;
    constexpr std::size_t megabyte = std::size_t{1} << 20;
    for (long i = 0; i < megabytes; ++i) {
        void* piece = std::malloc(megabyte); // kept on purpose
        if (piece == nullptr) return 1;
        std::memset(piece, static_cast<int>(i) | 1, megabyte);
    }
    std::printf("holds %ld MB\n", megabytes);
    std::fflush(stdout);
    for (long waited = 0; waited < milliseconds; waited += 100) usleep(100'000);
    return 0;
}
