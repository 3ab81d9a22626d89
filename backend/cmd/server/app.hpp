#pragma once
// The composition root: builds every object in the order of its dependencies, owns them all, starts them and
// stops them in reverse. One loop thread runs all logic; the pool runs what blocks. Lives in main's `serve`.

#include "base/result.hpp"
#include "config/config.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace panel {

class App {
  public:
    // Opens keys and database; throws std::runtime_error with a plain sentence when they cannot be used.
    App(boost::asio::io_context& loop, config::Config config);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    // Listens, then repairs the world and takes up work. Errors: unavailable (the address is taken).
    Result<void> start();
    // The one-time link while there is no administrator, else "".
    [[nodiscard]] std::string setup_link() const;
    // Stops accepting, lets requests end, interrupts deployments (they go on at the next start).
    boost::asio::awaitable<void> stop();

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace panel
