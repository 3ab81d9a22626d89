#include "services/git/git_cli.hpp"

#include "models/text_rules.hpp"
#include "services/git/blob_reader.hpp"
#include "services/git/blob_stream.hpp"
#include "services/git/commit_object.hpp"
#include "services/git/git_failure.hpp"
#include "services/git/mirror.hpp"
#include "services/git/progress_lines.hpp"
#include "services/git/tree_listing.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace panel::git {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t list_limit_bytes = 16 * 1024 * 1024;

Error broken_mirror() {
    return {Code::unavailable,
            "The server's copy of the repository is damaged; the next try fetches it anew.",
            {}};
}

Error too_slow() { return {Code::unavailable, "The git server did not finish in time.", {}}; }

// The branches that can be deployed: a name that GitRef refuses could not be asked for.
RemoteBranches parse_branches(std::string_view output) {
    constexpr std::string_view heads = "refs/heads/";
    RemoteBranches remote;
    while (!output.empty()) {
        const auto end = std::min(output.find('\n'), output.size());
        const auto line = output.substr(0, end);
        output.remove_prefix(std::min(end + 1, output.size()));
        const auto tab = line.find('\t');
        if (tab == std::string_view::npos) continue;
        const auto value = line.substr(0, tab);
        const auto name = line.substr(tab + 1);
        if (name == "HEAD" && value.starts_with("ref: refs/heads/")) remote.default_branch = value.substr(16);
        if (!name.starts_with(heads) || !is_commit_hash(value) || !GitRef::parse(name.substr(heads.size())))
            continue;
        remote.branches.push_back({std::string(name.substr(heads.size())), std::string(value)});
    }
    return remote;
}

std::string branch_refspec(const GitRef& branch) {
    return fmt::format("+refs/heads/{0}:refs/heads/{0}", branch.value());
}

std::string commit_ref(const std::string& hash) { return "refs/commits/" + hash; }

// Noticed while reading, when the fetch that could mend it is over: the next fetch starts anew.
void mark_damaged(const fs::path& mirror) {
    std::error_code error;
    fs::create_directory(mirror / "panel-damaged", error);
}

bool is_damaged(const fs::path& mirror) {
    std::error_code error;
    return fs::exists(mirror / "panel-damaged", error);
}

// git's own measure for `gc --auto`, without a process for asking.
bool needs_tidying(const fs::path& mirror) {
    const auto count = [&mirror](const char* folder, std::string_view suffix) {
        std::error_code error;
        std::size_t files = 0;
        for (fs::directory_iterator entry(mirror / folder, error), end; !error && entry != end;
             entry.increment(error)) {
            if (entry->path().native().ends_with(suffix)) ++files;
        }
        return files;
    };
    return count("objects/pack", ".pack") > 20 || count("objects/17", "") > 20;
}

// Sinks of a process; what they refer to lives in the coroutine that awaits that process.
asio::awaitable<Result<void>> put_listing(TreeListing& listing, std::string bytes) {
    co_return listing.put(bytes);
}

asio::awaitable<Result<void>> show_progress(ProgressLines& lines, ProgressSink& progress, std::string bytes) {
    for (auto& line : lines.put(bytes, std::chrono::steady_clock::now())) {
        if (progress) co_await progress(std::move(line));
    }
    co_return Result<void>{};
}

} // namespace

// One bringing-up-to-date of a mirror, under its lock.
struct GitCli::Fetch {
    GitUrl url;
    fs::path mirror;
    Remote remote;
    ProgressSink progress;
    std::string errors = {}; // what git printed when it failed
};

GitCli::GitCli(fs::path mirrors_directory, GitPolicy policy, GitLimits limits)
    : mirrors_(std::move(mirrors_directory)), policy_(std::move(policy)), limits_(limits) {}

asio::awaitable<Result<Remote>> GitCli::open_remote(GitUrl url) {
    auto remote = co_await Remote::open(url, policy_, mirrors_ / "known_hosts");
    if (remote && suffixed_.contains(url.value())) remote->add_suffix();
    co_return remote;
}

asio::awaitable<Result<RemoteBranches>> GitCli::list_branches(GitUrl url) {
    auto remote = co_await open_remote(url);
    if (!remote) co_return std::unexpected(remote.error());
    for (;;) {
        GitCommand command("ls-remote");
        remote->apply(command);
        command.option("--symref").value(remote->address()).value("HEAD").value("refs/heads/*");
        auto spec = command.build(limits_.list_time);
        spec.output_limit = list_limit_bytes;
        auto exit = co_await net::run_process(std::move(spec));
        if (!exit) co_return std::unexpected(exit.error());
        if (exit->timed_out) co_return std::unexpected(too_slow());
        if (exit->exit_code == 0) co_return parse_branches(exit->standard_output);
        if (is_redirected(exit->standard_error) && remote->add_suffix()) {
            suffixed_.insert(url.value());
            continue;
        }
        if (auto error = explain_failure(exit->standard_error)) co_return std::unexpected(std::move(*error));
        spdlog::error("git ls-remote ended with {}: {}", exit->exit_code, exit->standard_error);
        co_return fail(Code::unavailable, "The branches of the repository cannot be read.");
    }
}

// unavailable and the like for what is explained; otherwise invalid with Fetch::errors set, for the caller to
// look at.
asio::awaitable<Result<void>> GitCli::run_fetch(Fetch& fetch, std::string refspec, Literal depth) {
    GitCommand command("fetch");
    fetch.remote.apply(command);
    command.mirror(fetch.mirror)
        .setting("http.lowSpeedLimit", "1000")
        .setting("http.lowSpeedTime", std::to_string(limits_.silence.count()))
        .option("--progress")
        .option("--no-tags")
        .option("--no-recurse-submodules")
        .option("--no-auto-maintenance")
        .option("--update-shallow")
        .option(depth)
        .value(fetch.remote.address())
        .value(std::move(refspec));
    ProgressLines lines;
    net::OutputSink sink = [&](std::string_view bytes) {
        return show_progress(lines, fetch.progress, std::string(bytes));
    };
    auto exit = co_await net::run_process(command.build(limits_.fetch_time), {}, std::move(sink));
    if (!exit) co_return std::unexpected(exit.error());
    if (exit->timed_out) co_return std::unexpected(too_slow());
    fetch.errors = exit->exit_code == 0 ? std::string() : lines.tail();
    if (exit->exit_code == 0) co_return Result<void>{};
    co_return fail(Code::invalid, "The repository could not be fetched.");
}

// With the mirror prepared, and fetched anew once when git fails for reasons of its own: then the mirror is
// to blame.
asio::awaitable<Result<void>> GitCli::fetch_ref(Fetch& fetch, std::string refspec, Literal depth) {
    bool is_second_try = false;
    for (;;) {
        if (is_damaged(fetch.mirror)) co_await throw_away(fetch.mirror);
        if (auto prepared = prepare_mirror(fetch.mirror); !prepared) co_return prepared;
        remove_leftovers(fetch.mirror);
        auto done = co_await run_fetch(fetch, refspec, depth);
        if (done || fetch.errors.empty()) co_return done;
        if (is_missing_branch(fetch.errors) || is_refused_commit(fetch.errors)) co_return done;
        if (is_redirected(fetch.errors) && fetch.remote.add_suffix()) {
            suffixed_.insert(fetch.url.value());
            continue;
        }
        if (!is_mirror_failure(fetch.errors)) {
            if (auto error = explain_failure(fetch.errors)) co_return std::unexpected(std::move(*error));
        }
        spdlog::warn("git fetch of a mirror failed: {}", fetch.errors);
        if (std::exchange(is_second_try, true))
            co_return fail(Code::unavailable, "The repository cannot be fetched.");
        co_await throw_away(fetch.mirror);
    }
}

asio::awaitable<Result<Commit>> GitCli::fetch_branch(GitUrl url, GitRef branch, ProgressSink progress) {
    auto remote = co_await open_remote(url);
    if (!remote) co_return std::unexpected(remote.error());
    const auto mirror = mirror_directory(mirrors_, url);
    auto lock = co_await MirrorLock::take(mirror, limits_.lock_time);
    if (!lock) co_return std::unexpected(lock.error());
    const auto ref = "refs/heads/" + branch.value();
    const auto before = read_ref(mirror, ref);
    Fetch fetch{url, mirror, std::move(*remote), std::move(progress)};
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto fetched = co_await fetch_ref(fetch, branch_refspec(branch), "--depth=1");
        if (!fetched && is_missing_branch(fetch.errors))
            co_return std::unexpected(co_await explain_missing_branch(url, branch));
        if (!fetched) co_return std::unexpected(fetched.error());
        const auto hash = read_fetched(mirror);
        auto commit = co_await read_commit(mirror, hash);
        if (commit && hash != before && needs_tidying(mirror)) co_await tidy(mirror);
        if (commit || commit.error().code == Code::cancelled) co_return commit;
        mark_damaged(mirror);
    }
    co_return std::unexpected(broken_mirror());
}

asio::awaitable<Result<Commit>> GitCli::fetch_commit(GitUrl url, GitRef branch, std::string commit_hash,
                                                     ProgressSink progress) {
    if (!is_commit_hash(commit_hash)) co_return fail(Code::invalid, "A commit is named by its whole hash.");
    const auto hash = to_lower(commit_hash);
    const auto mirror = mirror_directory(mirrors_, url);
    // A commit that a ref names is there with all its files, and the server need not be asked.
    const bool is_present = !is_damaged(mirror) && (read_ref(mirror, commit_ref(hash)) == hash ||
                                                    read_ref(mirror, "refs/heads/" + branch.value()) == hash);
    if (is_present) {
        auto commit = co_await read_commit(mirror, hash);
        if (commit || commit.error().code == Code::cancelled) co_return commit;
    }
    auto remote = co_await open_remote(url);
    if (!remote) co_return std::unexpected(remote.error());
    auto lock = co_await MirrorLock::take(mirror, limits_.lock_time);
    if (!lock) co_return std::unexpected(lock.error());
    Fetch fetch{url, mirror, std::move(*remote), std::move(progress)};
    auto fetched = co_await fetch_ref(fetch, fmt::format("+{}:{}", hash, commit_ref(hash)), "--depth=1");
    if (!fetched && is_refused_commit(fetch.errors)) fetched = co_await deepen(fetch, branch, hash);
    if (!fetched) co_return std::unexpected(fetched.error());
    auto commit = co_await read_commit(mirror, hash);
    if (!commit && commit.error().code == Code::unavailable) mark_damaged(mirror);
    co_return commit;
}

// For servers that give no commit by its hash: more and more of the branch, until it is there.
asio::awaitable<Result<void>> GitCli::deepen(Fetch& fetch, const GitRef& branch,
                                             const std::string& commit_hash) {
    for (const Literal depth :
         {Literal("--depth=100"), Literal("--depth=2000"), Literal("--depth=2147483647")}) {
        const auto fetched = co_await fetch_ref(fetch, branch_refspec(branch), depth);
        if (!fetched && is_missing_branch(fetch.errors))
            co_return std::unexpected(co_await explain_missing_branch(fetch.url, branch));
        if (!fetched) co_return fetched;
        GitCommand command("update-ref"); // fails when the commit is not there
        command.mirror(fetch.mirror).value(commit_ref(commit_hash)).value(commit_hash);
        const auto exit = co_await net::run_process(command.build(limits_.read_time));
        if (!exit) co_return std::unexpected(exit.error());
        if (exit->exit_code == 0) co_return Result<void>{};
    }
    co_return fail(Code::invalid, fmt::format("The repository has no commit {}.", commit_hash.substr(0, 7)));
}

asio::awaitable<Result<Commit>> GitCli::read_commit(fs::path mirror, std::string hash) {
    GitCommand command("cat-file");
    command.mirror(mirror).option("-p").value(hash);
    auto exit = co_await net::run_process(command.build(limits_.read_time));
    if (!exit) co_return std::unexpected(exit.error());
    auto commit = exit->exit_code == 0 ? parse_commit(hash, exit->standard_output) : std::nullopt;
    if (!commit) co_return std::unexpected(broken_mirror());
    co_return std::move(*commit);
}

asio::awaitable<Error> GitCli::explain_missing_branch(GitUrl url, GitRef branch) {
    const auto remote = co_await list_branches(url);
    if (!remote) co_return remote.error();
    if (remote->branches.empty())
        co_return Error{Code::invalid, "The repository is empty: push a first commit.", {}};
    auto message = fmt::format("The repository has no branch named {}", branch.value());
    if (!remote->default_branch.empty())
        message += fmt::format("; its default branch is {}", remote->default_branch);
    co_return Error{Code::invalid, message + ".", {}};
}

asio::awaitable<Result<std::vector<TreeEntry>>> GitCli::list_tree(GitUrl url, std::string commit_hash) {
    if (!is_commit_hash(commit_hash)) co_return fail(Code::invalid, "A commit is named by its whole hash.");
    const auto mirror = mirror_directory(mirrors_, url);
    GitCommand command("ls-tree");
    command.mirror(mirror)
        .option("-r")
        .option("-z")
        .option("-l")
        .option("--full-tree")
        .value(to_lower(commit_hash));
    TreeListing listing;
    net::OutputSink sink = [&listing](std::string_view bytes) {
        return put_listing(listing, std::string(bytes));
    };
    const auto exit = co_await net::run_process(command.build(limits_.read_time), std::move(sink));
    if (!exit) co_return std::unexpected(exit.error());
    if (exit->timed_out) co_return fail(Code::unavailable, "Reading the repository took too long.");
    if (exit->exit_code == 0) co_return listing.finish();
    spdlog::error("git ls-tree ended with {}: {}", exit->exit_code, exit->standard_error);
    mark_damaged(mirror);
    co_return std::unexpected(broken_mirror());
}

asio::awaitable<Result<std::unique_ptr<BlobStream>>> GitCli::open_blob_stream(GitUrl url) {
    GitCommand command("cat-file");
    command.mirror(mirror_directory(mirrors_, url)).option("--batch");
    auto batch = net::InteractiveProcess::start(co_await asio::this_coro::executor,
                                                command.build(limits_.stream_time));
    if (!batch) co_return std::unexpected(batch.error());
    co_return make_blob_stream(std::move(*batch));
}

Result<std::unique_ptr<BlobReader>> GitCli::open_blob_reader(const GitUrl& url) {
    GitCommand command("cat-file");
    command.mirror(mirror_directory(mirrors_, url)).option("--batch");
    return make_blob_reader(command, limits_.blob_time);
}

asio::awaitable<Result<void>> GitCli::remove_mirror(GitUrl url) {
    const auto mirror = mirror_directory(mirrors_, url);
    auto lock = co_await MirrorLock::take(mirror, limits_.lock_time);
    if (!lock) co_return std::unexpected(lock.error());
    co_await throw_away(mirror);
    lock->forget();
    co_return Result<void>{};
}

// By a process: a mirror may hold many thousand files, too many for the loop.
asio::awaitable<void> GitCli::throw_away(fs::path mirror) {
    net::ProcessSpec spec;
    spec.argv = {"rm", "-rf", "--", mirror.native()};
    const auto exit = co_await net::run_process(std::move(spec));
    if (!exit || exit->exit_code != 0)
        spdlog::error("the git mirror {} could not be removed", mirror.native());
}

asio::awaitable<void> GitCli::tidy(fs::path mirror) {
    GitCommand command("gc");
    command.mirror(mirror).option("--quiet");
    const auto exit = co_await net::run_process(command.build(limits_.fetch_time));
    if (!exit || exit->exit_code != 0) spdlog::warn("git gc of {} failed", mirror.native());
}

} // namespace panel::git
