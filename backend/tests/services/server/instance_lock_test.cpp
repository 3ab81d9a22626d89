#include "services/server/instance_lock.hpp"

#include "support/temp_directory.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

using panel::server::InstanceLock;

TEST_CASE(
    "processes side by side have different numbers, and the next one takes the number that became free") {
    const panel::test::TempDirectory directory;
    auto first = std::make_unique<InstanceLock>(directory.path(), "worker");
    const InstanceLock second(directory.path(), "worker");
    const InstanceLock other_role(directory.path(), "web");
    CHECK(first->number() == 1);
    CHECK(second.number() == 2);
    CHECK(other_role.number() == 1);
    CHECK(first->owner_name("panel") != second.owner_name("panel"));
    const auto name = first->owner_name("panel");
    CHECK(name.ends_with("/panel/worker-1"));
    first.reset();
    const InstanceLock third(directory.path(), "worker");
    CHECK(third.owner_name("panel") == name);
}

TEST_CASE("a process that was killed leaves its number free") {
    const panel::test::TempDirectory directory;
    std::array<int, 2> ready{};
    REQUIRE(::pipe(ready.data()) == 0);
    const auto child = ::fork();
    if (child == 0) {
        const InstanceLock lock(directory.path(), "worker");
        const char number = static_cast<char>(lock.number());
        if (::write(ready[1], &number, 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char number = 0;
    REQUIRE(::read(ready[0], &number, 1) == 1);
    CHECK(number == 1);
    CHECK(InstanceLock(directory.path(), "worker").number() == 2);
    REQUIRE(::kill(child, SIGKILL) == 0);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(InstanceLock(directory.path(), "worker").number() == 1);
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE("a directory that cannot be written is said plainly") {
    CHECK_THROWS_AS(InstanceLock("/nonexistent", "worker"), std::runtime_error);
}

TEST_CASE("processes that start at once go one after the other") {
    const panel::test::TempDirectory directory;
    panel::server::StartLock first(directory.path());
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const auto child = ::fork();
    if (child == 0) {
        const panel::server::StartLock second(directory.path());
        if (::write(pipe[1], "x", 1) != 1) ::_exit(1);
        ::_exit(0);
    }
    REQUIRE(::fcntl(pipe[0], F_SETFL, O_NONBLOCK) == 0);
    char byte = 0;
    CHECK(::read(pipe[0], &byte, 1) == -1);
    first.release();
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(::read(pipe[0], &byte, 1) == 1);
    ::close(pipe[0]);
    ::close(pipe[1]);
}
