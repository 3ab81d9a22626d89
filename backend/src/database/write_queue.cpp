#include "database/write_queue.hpp"

#include "database/dialect.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace panel::database {
namespace {

// A group takes no more in when it is as large or as old as this: its first caller waits for the COMMIT.
constexpr std::size_t largest_group = 128;
constexpr std::chrono::milliseconds oldest_group{20};

} // namespace

WriteQueue::WriteQueue(config::DatabaseUrl url, boost::asio::thread_pool& pool, std::string instance)
    : url_(std::move(url)), pool_(pool), instance_(std::move(instance)) {}

void WriteQueue::push(Write write) {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(std::move(write));
    schedule();
}

void WriteQueue::push_and_wait(const Write& write) {
    std::unique_lock lock(mutex_);
    waiting_.push_back(write);
    while (!write->finished_) {
        if (led_) {
            changed_.wait(lock);
            continue;
        }
        // No thread of the pool is needed: it may be this one, or be busy.
        led_ = true;
        while (!write->finished_) {
            lock.unlock();
            run_group();
            lock.lock();
        }
        led_ = false;
        changed_.notify_all();
        schedule();
    }
}

void WriteQueue::schedule() {
    if (led_ || scheduled_ || waiting_.empty()) return;
    scheduled_ = true;
    boost::asio::post(pool_, [self = shared_from_this()] { self->lead(); });
}

void WriteQueue::lead() {
    std::unique_lock lock(mutex_);
    scheduled_ = false;
    if (led_) return;
    led_ = true;
    while (!waiting_.empty()) {
        lock.unlock();
        run_group();
        lock.lock();
    }
    led_ = false;
    changed_.notify_all();
}

WriteQueue::Writes WriteQueue::take(std::size_t most) {
    const std::scoped_lock lock(mutex_);
    Writes taken;
    while (!waiting_.empty() && taken.size() < most) {
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return taken;
}

void WriteQueue::finish(const Writes& writes, const std::exception_ptr& failure) {
    for (const auto& write : writes) write->finish(failure);
    const std::scoped_lock lock(mutex_);
    for (const auto& write : writes) write->finished_ = true;
    changed_.notify_all();
}

std::uint64_t WriteQueue::foreign_commits() {
    shall_look_ = true;
    {
        const std::scoped_lock lock(mutex_);
        if (led_) return foreign_commits_;
        led_ = true;
    }
    try {
        look_for_commits();
    } catch (const Outage& outage) { // of which every write hears as well
        spdlog::debug("change feed: {}", outage.what());
    }
    const std::scoped_lock lock(mutex_);
    led_ = false;
    changed_.notify_all();
    schedule();
    return foreign_commits_;
}

// SQLite counts, for each connection, the commits of all others.
void WriteQueue::look_for_commits() {
    if (!shall_look_.exchange(false)) return;
    long long now = 0;
    try {
        connection().session() << "PRAGMA data_version", soci::into(now);
    } catch (const soci::soci_error& error) {
        drop_connection();
        throw Outage(error.get_error_message());
    }
    if (data_version_ != -1 && data_version_ != now) ++foreign_commits_;
    data_version_ = now;
}

void WriteQueue::drop_connection() {
    connection_.reset();
    if (data_version_ != -1) ++foreign_commits_; // the count begins anew: what came meanwhile is not known
    data_version_ = -1;
}

Connection& WriteQueue::connection() {
    if (connection_ && !is_quiet(connection_->session())) drop_connection();
    if (!connection_) connection_ = Connection::open(url_, Purpose::write);
    return *connection_;
}

void WriteQueue::run_group() {
    auto group = take(largest_group);
    std::exception_ptr failure;
    try {
        look_for_commits();
        run_writes(connection(), group);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        if (connection_) {
            failure = translated(connection_->session(), failure);
            {
                const Connection::Use use(*connection_);
                roll_back(connection_->session());
            }
            drop_connection(); // SQLite's may have lost its file, PostgreSQL's its server
        }
    } else if (!group.empty()) {
        note_commit();
    }
    finish(group, failure);
}

// Runs the writes of the group and those that come meanwhile. What failed alone leaves the group. Throws when
// the transaction itself failed, and all in it with it.
void WriteQueue::run_writes(Connection& connection, Writes& group) {
    const Connection::Use use(connection);
    auto& session = connection.session();
    const auto started = std::chrono::steady_clock::now();
    std::size_t ran = 0; // those before it are in the transaction
    while (ran < group.size()) {
        const auto write = group[ran];
        if (run_write(session, write, ran == 0)) {
            ++ran;
        } else {
            group.erase(group.begin() + static_cast<std::ptrdiff_t>(ran));
        }
        if (ran == group.size() && ran < largest_group &&
            std::chrono::steady_clock::now() - started < oldest_group) {
            auto late = take(largest_group - ran);
            std::ranges::move(late, std::back_inserter(group));
        }
    }
    if (ran > 0) commit_write(session, instance_);
}

// The first of a transaction needs no savepoint: when it fails, the transaction is its own.
bool WriteQueue::run_write(soci::session& session, const Write& write, bool is_first) {
    if (is_first) {
        begin_write(session);
    } else {
        begin_step(session);
    }
    try {
        write->run(session);
    } catch (...) {
        const auto failure = translated(session, std::current_exception());
        if (!is_in_transaction(session))
            std::rethrow_exception(failure); // SQLite or the server undid all of it
        if (is_first) {
            roll_back(session);
        } else {
            undo_step(session);
        }
        finish({write}, failure);
        return false;
    }
    if (!is_first) end_step(session);
    return true;
}

} // namespace panel::database
