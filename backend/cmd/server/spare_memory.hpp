#pragma once
// Gives memory that the program has freed back to the system. The allocator keeps what a start or a
// deployment took for a moment (glibc 2.36, malloc_trim(3), mallopt(3)): on a small server the apps need it
// more. Docker's list of a large build cache alone, read at the start, takes 20 MB.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

namespace panel {

// Before the first thread: large blocks go back as soon as they are freed, and threads share two arenas.
void set_up_allocator();

// Looks every half minute, until it is cancelled. Runs on the loop, works on the pool.
boost::asio::awaitable<void> keep_giving_back_memory(boost::asio::thread_pool& pool);

} // namespace panel
