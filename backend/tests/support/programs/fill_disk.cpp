// Writes so many megabytes into one file, pausing so many milliseconds after each: what builds of tests run.
// Linked without any library, so that it runs in an image that holds nothing else. Ends with 1 when the disk
// is full.
//
//   fill_disk FILE MEGABYTES [MILLISECONDS]

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int count, char** words) {
    if (count < 3) return 2;
    const long megabytes = std::atol(words[2]);
    const long milliseconds = count > 3 ? std::atol(words[3]) : 0;
    constexpr std::size_t megabyte = std::size_t{1} << 20;
    static char piece[megabyte];
    std::memset(piece, 'x', megabyte);
    std::FILE* file = std::fopen(words[1], "w");
    for (long i = 0; file != nullptr && i < megabytes; ++i) {
        if (std::fwrite(piece, 1, megabyte, file) != megabyte || std::fflush(file) != 0) {
            std::perror(words[1]);
            return 1;
        }
        usleep(static_cast<useconds_t>(milliseconds) * 1000);
    }
    std::printf("wrote %ld MB\n", megabytes);
    return 0;
}
