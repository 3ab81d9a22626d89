#include "spare_memory.hpp"

#include "base/deadline.hpp"
#include "base/offload.hpp"

#include <malloc.h>

#include <cstddef>

namespace panel {

namespace {

constexpr std::chrono::milliseconds look_interval{30'000};
constexpr std::size_t worth_it_bytes = 1 << 20;
constexpr int large_block_bytes = 256 * 1024;

void give_back_memory() {
    if (::mallinfo2().fordblks >= worth_it_bytes) ::malloc_trim(0);
}

} // namespace

void set_up_allocator() {
    ::mallopt(M_MMAP_THRESHOLD, large_block_bytes); // a fixed one; by itself it grows to 32 MB
    ::mallopt(M_ARENA_MAX, 2);
}

boost::asio::awaitable<void> keep_giving_back_memory(boost::asio::thread_pool& pool) {
    while (true) {
        co_await sleep_for(look_interval);
        co_await offload(pool, &give_back_memory);
    }
}

} // namespace panel
