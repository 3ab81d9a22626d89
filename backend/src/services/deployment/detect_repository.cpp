#include "services/deployment/detect_repository.hpp"

#include "base/offload.hpp"
#include "services/deployment/repository_tree.hpp"
#include "services/framework/detect.hpp"

namespace panel::deployment {

namespace {

asio::awaitable<void> ignore(std::string) { co_return; }

} // namespace

asio::awaitable<Result<DetectedRepository>> detect_repository(git::GitClient& git, asio::thread_pool& pool,
                                                              GitUrl url, std::optional<GitRef> branch,
                                                              framework::Overrides overrides) {
    auto remote = co_await git.list_branches(url);
    if (!remote) co_return std::unexpected(remote.error());
    if (remote->branches.empty())
        co_return fail_field("git_url", "the repository is empty: it has no branch yet.");
    if (!branch) {
        const auto name =
            remote->default_branch.empty() ? remote->branches.front().name : remote->default_branch;
        auto parsed = GitRef::parse(name);
        if (!parsed) co_return std::unexpected(parsed.error());
        branch = std::move(*parsed);
    }
    DetectedRepository found;
    found.branch = branch->value();
    for (auto& each : remote->branches) found.branches.push_back(std::move(each.name));
    auto commit = co_await git.fetch_branch(url, *branch, ignore);
    if (!commit) co_return std::unexpected(commit.error());
    found.commit = std::move(*commit);
    auto entries = co_await git.list_tree(url, found.commit.hash);
    if (!entries) co_return std::unexpected(entries.error());
    auto reader = git.open_blob_reader(url);
    if (!reader) co_return std::unexpected(reader.error());
    auto work = [entries = std::move(*entries), reader = std::move(*reader),
                 overrides = std::move(overrides)]() mutable {
        const RepositoryTree tree(entries, std::move(reader));
        return framework::detect(tree, overrides);
    };
    auto plan = co_await offload(pool, std::move(work));
    if (!plan) co_return std::unexpected(plan.error());
    found.plan = std::move(*plan);
    co_return found;
}

} // namespace panel::deployment
