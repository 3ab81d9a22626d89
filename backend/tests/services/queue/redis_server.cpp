#include "services/queue/redis_server.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

extern char** environ; // NOLINT

namespace panel::test {

namespace {

std::string text_of(const redisReply& reply) {
    switch (reply.type) {
    case REDIS_REPLY_NIL: return "(nil)";
    case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
    case REDIS_REPLY_ERROR: return "(error) " + std::string(reply.str, reply.len);
    case REDIS_REPLY_ARRAY: return "(list)";
    default: return {reply.str, reply.len};
    }
}

redisContext* checked(redisContext* context) {
    if (context != nullptr && context->err == 0) return context;
    if (context != nullptr) redisFree(context);
    throw std::runtime_error("no redis there");
}

} // namespace

RedisProbe::RedisProbe(const std::string& socket_path)
    : context_(checked(redisConnectUnix(socket_path.c_str()))) {}
RedisProbe::RedisProbe(const std::string& host, std::uint16_t port)
    : context_(checked(redisConnect(host.c_str(), port))) {}
RedisProbe::~RedisProbe() { redisFree(context_); }

std::vector<std::string> RedisProbe::all(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    auto* reply = static_cast<redisReply*>(
        redisCommandArgv(context_, static_cast<int>(words.size()), texts.data(), sizes.data()));
    if (reply == nullptr) throw std::runtime_error("redis hung up");
    std::vector<std::string> items;
    if (reply->type == REDIS_REPLY_ARRAY) {
        for (std::size_t i = 0; i < reply->elements; ++i) items.push_back(text_of(*reply->element[i]));
    } else {
        items.push_back(text_of(*reply));
    }
    freeReplyObject(reply);
    return items;
}

std::string RedisProbe::one(const std::vector<std::string>& words) {
    const auto items = all(words);
    return items.empty() ? "" : items.front();
}

std::int64_t RedisProbe::number(const std::vector<std::string>& words) { return std::stoll(one(words)); }

std::map<std::string, std::string> RedisProbe::hash(const std::string& key) {
    const auto items = all({"HGETALL", key});
    std::map<std::string, std::string> fields;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) fields[items[i]] = items[i + 1];
    return fields;
}

std::set<std::string> RedisProbe::keys() {
    const auto items = all({"KEYS", "*"});
    return {items.begin(), items.end()};
}

RedisServer::RedisServer(std::vector<std::string> options, std::uint16_t port)
    : options_(std::move(options)), port_(port) {
    start();
}

RedisServer::~RedisServer() { kill(); }

std::string RedisServer::socket_path() const { return (directory_.path() / "redis.sock").string(); }

std::string RedisServer::url() const {
    return port_ != 0 ? "redis://127.0.0.1:" + std::to_string(port_) : "unix://" + socket_path();
}

queue::redis::Target RedisServer::target() const { return *queue::redis::parse_target(url()); }

RedisProbe& RedisServer::probe() {
    if (!probe_)
        probe_ = port_ != 0 ? std::make_unique<RedisProbe>("127.0.0.1", port_)
                            : std::make_unique<RedisProbe>(socket_path());
    return *probe_;
}

void RedisServer::start() {
    const char* other = std::getenv("PANEL_REDIS_SERVER");
    const std::string program = other != nullptr ? other : "redis-server";
    std::vector<std::string> argv{program,
                                  "--port",
                                  std::to_string(port_),
                                  "--dir",
                                  directory_.path().string(),
                                  "--save",
                                  "",
                                  "--logfile",
                                  (directory_.path() / "redis.log").string()};
    if (port_ == 0)
        argv.insert(argv.end(), {"--unixsocket", socket_path()});
    else
        argv.insert(argv.end(), {"--bind", "127.0.0.1"});
    argv.insert(argv.end(), options_.begin(), options_.end());
    std::vector<char*> raw;
    for (auto& word : argv) raw.push_back(word.data());
    raw.push_back(nullptr);
    // It must not hold the test's output open should the test be killed.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    const int failure = ::posix_spawnp(&pid_, program.c_str(), &actions, nullptr, raw.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) throw std::runtime_error("redis-server cannot be started");
    for (int i = 0; i < 500; ++i) {
        try {
            probe_.reset();
            const auto answer = probe().one({"PING"});
            if (!answer.starts_with("(error) LOADING")) return;
        } catch (const std::runtime_error&) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{10}); // it tells nobody when it is ready
    }
    throw std::runtime_error("redis-server does not answer");
}

void RedisServer::signal(int number) { ::kill(pid_, number); }

void RedisServer::kill() {
    probe_.reset();
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

std::uint16_t free_port() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(listener);
    return ntohs(address.sin_port);
}

} // namespace panel::test
