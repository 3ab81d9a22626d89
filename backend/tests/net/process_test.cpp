#include "net/process.hpp"

#include "net/race.hpp"
#include "support/run.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

using namespace panel;
using namespace panel::net;
using namespace std::chrono_literals;
using panel::test::run;
namespace asio = boost::asio;

namespace {

ProcessSpec shell(std::string script) {
    ProcessSpec spec;
    spec.argv = {"sh", "-c", std::move(script)};
    spec.deadline = 15s;
    return spec;
}

// True once no process of the group is left; polls the kernel, since a killed process is reaped by somebody
// else (init).
asio::awaitable<bool> is_gone(pid_t pid) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (int i = 0; i < 200; ++i) {
        if (::kill(pid, 0) != 0) co_return true;
        const auto path = "/proc/" + std::to_string(pid) + "/stat";
        char text[512] = {};
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0) co_return true;
        const auto count = ::read(file, text, sizeof(text) - 1);
        ::close(file);
        if (count > 0 && std::string_view(text).find(") Z ") != std::string_view::npos) co_return true;
        timer.expires_after(10ms);
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return false;
}

asio::awaitable<Result<void>> refuse(std::string_view) { co_return fail(Code::conflict, "enough"); }
asio::awaitable<Result<void>> explode(std::string_view) {
    throw std::runtime_error("sink");
    co_return Result<void>{};
}

struct Collected {
    std::string bytes = {};
    int pieces = 0;
    std::string marker = {}; // a file made when the first piece has come
};

asio::awaitable<Result<void>> collect(Collected& into, std::string_view bytes) {
    into.bytes += bytes;
    ++into.pieces;
    if (into.pieces == 1) std::ofstream(into.marker).put('x');
    co_return Result<void>{};
}

asio::awaitable<Result<void>> notify(asio::steady_timer& event, std::string_view) {
    event.cancel();
    co_return Result<void>{};
}

asio::awaitable<void> keep_result(ProcessSpec spec, asio::steady_timer& printed,
                                  std::optional<Result<ProcessExit>>& result) {
    result =
        co_await run_process(std::move(spec), [&](std::string_view bytes) { return notify(printed, bytes); });
}

asio::awaitable<void> wait_for(asio::steady_timer& event) {
    co_await event.async_wait(asio::as_tuple(asio::use_awaitable));
}

// Cancels as soon as the child has printed something.
asio::awaitable<std::optional<Result<ProcessExit>>> run_and_cancel(ProcessSpec spec) {
    std::optional<Result<ProcessExit>> result;
    asio::steady_timer printed(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    auto process = keep_result(std::move(spec), printed, result);
    auto event = wait_for(printed);
    co_await race(std::move(process), std::move(event));
    co_return result;
}

// A folder of its own, gone with everything in it at the end.
struct Folder {
    std::string path = "/tmp/panel-process-XXXXXX";
    Folder() {
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp");
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

} // namespace

TEST_CASE("a child's output, errors and exit code come back") {
    const auto exit = run(run_process(shell("printf out; printf err >&2; exit 3")));
    REQUIRE(exit.has_value());
    CHECK(exit->exit_code == 3);
    CHECK(exit->standard_output == "out");
    CHECK(exit->standard_error == "err");
    CHECK_FALSE(exit->timed_out);
}

TEST_CASE("a child gets arguments unchanged, without a shell") {
    ProcessSpec spec;
    spec.argv = {"printf", "%s|", "a b", "$HOME", "`id`", ""};
    const auto exit = run(run_process(spec));
    REQUIRE(exit.has_value());
    CHECK(exit->standard_output == "a b|$HOME|`id`||");
}

TEST_CASE("a child's environment holds nothing but what it is given") {
    ::setenv("PANEL_TEST_SECRET", "inherited", 1);
    ProcessSpec spec;
    spec.argv = {"env"};
    CHECK(run(run_process(spec))->standard_output.empty());
    spec.environment = {{"A", "1"}, {"B", "x=y"}};
    CHECK(run(run_process(spec))->standard_output == "A=1\nB=x=y\n");
}

TEST_CASE("a child inherits no descriptor but its three") {
    const int leaked = ::dup(1); // without O_CLOEXEC
    const auto exit = run(run_process(shell("ls /proc/self/fd | sort -n | tr '\\n' ' '")));
    ::close(leaked);
    CHECK(exit->standard_output == "0 1 2 3 "); // 3 is ls reading the folder
}

TEST_CASE("a child runs in its own process group, in the given folder, with default signals") {
    auto spec = shell("pwd; ps -o pgid= -p $$ | tr -d ' '; echo $$; grep SigIgn /proc/$$/status");
    spec.working_directory = "/usr";
    const auto exit = run(run_process(spec));
    REQUIRE(exit.has_value());
    const auto& text = exit->standard_output;
    CHECK(text.starts_with("/usr\n"));
    const auto group = text.substr(5, text.find('\n', 5) - 5);
    CHECK(text.find("\n" + group + "\n" + group + "\n") != std::string::npos);
    const auto ignored = std::stoull(text.substr(text.find("SigIgn:") + 7), nullptr, 16);
    CHECK((ignored & (1ULL << (SIGPIPE - 1))) == 0);
}

TEST_CASE("large input and output pass at the same time") {
    ProcessSpec spec;
    spec.argv = {"cat"};
    spec.input.assign(8 * 1024 * 1024, 'x');
    const auto exit = run(run_process(spec));
    REQUIRE(exit.has_value());
    CHECK(exit->standard_output.size() == spec.input.size());
    CHECK(exit->exit_code == 0);
}

TEST_CASE("a child that closes its input early is no error") {
    auto spec = shell("exec 0<&-; echo done");
    spec.input.assign(1024 * 1024, 'x');
    const auto exit = run(run_process(spec));
    REQUIRE(exit.has_value());
    CHECK(exit->standard_output == "done\n");
}

TEST_CASE("a program that is missing or not executable is unavailable") {
    for (const char* name : {"no-such-program-anywhere", "/etc/passwd", "/no/such/path"}) {
        ProcessSpec spec;
        spec.argv = {name};
        const auto exit = run(run_process(spec));
        REQUIRE_FALSE(exit.has_value());
        CHECK(exit.error().code == Code::unavailable);
    }
}

TEST_CASE("arguments that cannot be passed on are refused") {
    ProcessSpec with_nul, with_name, without;
    with_nul.argv = {"echo", std::string("a\0b", 3)};
    with_name.argv = {"env"};
    with_name.environment = {{"A=B", "c"}};
    for (const auto& spec : {with_nul, with_name, without})
        CHECK(run(run_process(spec)).error().code == Code::invalid);
}

TEST_CASE("a signal that ends a child shows as 128 and its number") {
    CHECK(run(run_process(shell("kill -9 $$")))->exit_code == 128 + SIGKILL);
}

TEST_CASE("the deadline ends the whole group and says so") {
    auto spec = shell("sleep 100 & echo $!; wait");
    spec.deadline = 500ms;
    asio::io_context loop(1);
    const auto exit = run(loop, run_process(spec));
    REQUIRE(exit.has_value());
    CHECK(exit->timed_out);
    CHECK(exit->exit_code == 128 + SIGTERM);
    CHECK(run(loop, is_gone(std::stoi(exit->standard_output))));
}

TEST_CASE("a child that ignores SIGTERM is killed") {
    auto spec = shell("trap '' TERM; while :; do sleep 1; done");
    spec.deadline = 500ms;
    const auto exit = run(run_process(spec));
    REQUIRE(exit.has_value());
    CHECK(exit->timed_out);
    CHECK(exit->exit_code == 128 + SIGKILL);
}

TEST_CASE("a grandchild that keeps the pipes open does not hold up the end") {
    asio::io_context loop(1);
    const auto exit = run(loop, run_process(shell("sleep 100 & echo $!")), 10s);
    REQUIRE(exit.has_value());
    CHECK(exit->exit_code == 0);
    CHECK_FALSE(exit->timed_out);
    CHECK(run(loop, is_gone(std::stoi(exit->standard_output))));
}

TEST_CASE("a grandchild that left the group does not hold up the end") {
    const auto exit = run(run_process(shell("setsid sleep 3 & echo started")), 10s);
    REQUIRE(exit.has_value());
    CHECK(exit->standard_output == "started\n");
}

TEST_CASE("output over the limit ends the child") {
    auto spec = shell("while :; do echo 0123456789; done");
    spec.output_limit = 1'000;
    const auto exit = run(run_process(spec));
    REQUIRE_FALSE(exit.has_value());
    CHECK(exit.error().code == Code::too_large);
}

TEST_CASE("a sink takes the output as it comes, and the limit does not count it") {
    const Folder folder;
    Collected output{.marker = folder.path + "/one"};
    auto spec =
        shell("echo one; until [ -e " + output.marker + " ]; do sleep 0.01; done; echo two; echo error >&2");
    spec.output_limit = 6;
    const auto exit = run(run_process(spec, [&](std::string_view bytes) { return collect(output, bytes); }));
    REQUIRE(exit.has_value());
    CHECK(output.bytes == "one\ntwo\n");
    CHECK(output.pieces == 2);
    CHECK(exit->standard_output.empty());
    CHECK(exit->standard_error == "error\n");
}

TEST_CASE("a sink that fails ends the child, and its error or exception is the result") {
    const auto exit = run(run_process(shell("echo x; sleep 100"), refuse), 5s);
    REQUIRE_FALSE(exit.has_value());
    CHECK(exit.error().code == Code::conflict);
    CHECK_THROWS_AS(run(run_process(shell("echo x; sleep 100"), explode), 5s), std::runtime_error);
}

TEST_CASE("a cancelled caller gets its child ended first") {
    const Folder folder;
    const auto marker = folder.path + "/ended";
    const auto result = run(run_and_cancel(
        shell("trap 'echo > " + marker + "; exit 0' TERM; echo ready; while :; do sleep 0.02; done")));
    REQUIRE(result.has_value());
    CHECK(result->error().code == Code::cancelled);
    CHECK(std::filesystem::exists(marker));
}

namespace {

asio::awaitable<std::string> converse() {
    ProcessSpec spec = shell("while read line; do echo \"got $line\"; done; printf rest");
    auto process = InteractiveProcess::start(co_await asio::this_coro::executor, spec);
    REQUIRE(process.has_value());
    REQUIRE((co_await (*process)->write("a\nb\n")).has_value());
    CHECK((co_await (*process)->read_line()) == "got a");
    CHECK((co_await (*process)->read_some(3)) == "got");
    CHECK((co_await (*process)->read_line()) == " b");
    REQUIRE((co_await (*process)->write("c\n")).has_value());
    const auto line = co_await (*process)->read_line();
    co_return line.value();
}

asio::awaitable<Code> read_from(ProcessSpec spec) {
    auto process = InteractiveProcess::start(co_await asio::this_coro::executor, std::move(spec));
    REQUIRE(process.has_value());
    const auto line = co_await (*process)->read_line();
    REQUIRE_FALSE(line.has_value());
    co_return line.error().code;
}

asio::awaitable<pid_t> start_and_drop() {
    auto process = InteractiveProcess::start(co_await asio::this_coro::executor, shell("echo $$; sleep 100"));
    const auto line = co_await (*process)->read_line();
    co_return std::stoi(line.value());
}

} // namespace

TEST_CASE("an interactive child answers line by line") { CHECK(run(converse()) == "got c"); }

TEST_CASE("an interactive child that ended, prints an endless line or is late is an error") {
    CHECK(run(read_from(shell("exit 0"))) == Code::unavailable);
    CHECK(run(read_from(shell("head -c 200000 /dev/zero; sleep 100"))) == Code::too_large);
    auto late = shell("sleep 100");
    late.deadline = 100ms;
    CHECK(run(read_from(late)) == Code::unavailable);
}

TEST_CASE("an interactive child is killed and reaped when it is dropped") {
    asio::io_context loop(1);
    const auto pid = run(loop, start_and_drop());
    loop.run();
    CHECK(::kill(pid, 0) != 0);
    CHECK(errno == ESRCH);
}
