#pragma once
// A real redis-server of one test, on a unix socket (or a loopback port) in a directory of its own, killed
// with the test. And a plain blocking client, to look into it from outside.

#include "services/queue/redis/target.hpp"
#include "support/temp_directory.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

struct redisContext;

namespace panel::test {

// Nil is the text "(nil)", an error "(error) ...", numbers are text; a list is given as its items.
class RedisProbe {
  public:
    explicit RedisProbe(const std::string& socket_path);
    RedisProbe(const std::string& host, std::uint16_t port);
    ~RedisProbe();
    RedisProbe(const RedisProbe&) = delete;
    RedisProbe& operator=(const RedisProbe&) = delete;

    std::vector<std::string> all(const std::vector<std::string>& words);
    std::string one(const std::vector<std::string>& words); // the first item, "" of an empty list
    std::int64_t number(const std::vector<std::string>& words);
    std::map<std::string, std::string> hash(const std::string& key);
    std::set<std::string> keys(); // all, sorted

  private:
    redisContext* context_;
};

class RedisServer {
  public:
    // `options` as on redis-server's command line. With a port it listens on 127.0.0.1 instead of a socket.
    // PANEL_REDIS_SERVER names another program.
    explicit RedisServer(std::vector<std::string> options = {}, std::uint16_t port = 0);
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    [[nodiscard]] std::string url() const;
    [[nodiscard]] queue::redis::Target target() const;
    [[nodiscard]] std::string socket_path() const;
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
    RedisProbe& probe();

    void signal(int number); // SIGSTOP, SIGCONT
    void kill();             // at once
    void start();            // again, with what it kept

  private:
    TempDirectory directory_;
    std::vector<std::string> options_;
    std::uint16_t port_;
    pid_t pid_ = -1;
    std::unique_ptr<RedisProbe> probe_;
};

// A loopback port that nobody listens on at the moment.
std::uint16_t free_port();

} // namespace panel::test
