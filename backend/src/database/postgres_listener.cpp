#include "database/postgres_listener.hpp"

#include "database/outage.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>

namespace panel::database {

namespace asio = boost::asio;
using Wait = asio::posix::descriptor_base;

asio::awaitable<std::unique_ptr<PostgresListener>> PostgresListener::open(config::DatabaseUrl url,
                                                                          std::string channel) {
    const auto executor = co_await asio::this_coro::executor;
    const auto text = connection_string(url) + "application_name='vps-panel listener' keepalives_idle='15' "
                                               "keepalives_interval='5' keepalives_count='3'";
    std::unique_ptr<PostgresListener> listener(
        new PostgresListener(executor, libpq().connect_start(text.c_str())));
    co_await listener->connect();
    co_await listener->listen(channel);
    co_return listener;
}

PostgresListener::PostgresListener(asio::any_io_executor executor, PGconn* connection)
    : socket_(executor), connection_(connection) {}

PostgresListener::~PostgresListener() {
    if (connection_ != nullptr) libpq().finish(connection_);
}

void PostgresListener::fail() const {
    const std::string text = connection_ == nullptr ? "out of memory" : libpq().error_message(connection_);
    throw Outage(text.substr(0, text.find('\n')));
}

// libpq may try several addresses of the server, each on a socket of its own.
void PostgresListener::watch_socket() {
    const int duplicate = ::fcntl(libpq().socket(connection_), F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) fail();
    if (socket_.is_open()) socket_.close();
    socket_.assign(duplicate);
}

asio::awaitable<void> PostgresListener::wait(Wait::wait_type event) {
    co_await socket_.async_wait(event, asio::use_awaitable);
}

asio::awaitable<void> PostgresListener::connect() {
    if (connection_ == nullptr || libpq().status(connection_) == CONNECTION_BAD) fail();
    auto state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED) fail();
        watch_socket();
        co_await wait(state == PGRES_POLLING_READING ? Wait::wait_read : Wait::wait_write);
        state = libpq().connect_poll(connection_);
    }
    watch_socket();
}

asio::awaitable<void> PostgresListener::listen(const std::string& channel) {
    const auto command = "LISTEN " + channel;
    if (libpq().send_query(connection_, command.c_str()) == 0) fail();
    while (true) {
        if (libpq().is_busy(connection_) != 0) {
            co_await wait(Wait::wait_read);
            if (libpq().consume_input(connection_) == 0) fail();
            continue;
        }
        auto* result = libpq().get_result(connection_);
        if (result == nullptr) co_return;
        const auto status = libpq().result_status(result);
        libpq().clear(result);
        if (status != PGRES_COMMAND_OK) fail();
    }
}

asio::awaitable<std::vector<std::string>> PostgresListener::next() {
    std::vector<std::string> payloads;
    while (true) {
        while (auto* notification = libpq().notifies(connection_)) {
            payloads.emplace_back(notification->extra);
            libpq().free_memory(notification);
        }
        if (!payloads.empty()) co_return payloads;
        co_await wait(Wait::wait_read);
        if (libpq().consume_input(connection_) == 0) fail();
    }
}

} // namespace panel::database
