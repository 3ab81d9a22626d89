#pragma once
// Git repositories in memory: addresses with branches, each branch a list of commits, each commit a set of
// files. An address that was not put here is a repository that does not exist. Loop thread only.

#include "services/git/git_client.hpp"
#include "support/fakes/hang.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace panel::test {

class FakeGit final : public git::GitClient {
  public:
    using Files = std::map<std::string, std::string>; // path -> bytes

    bool is_down = false;                                 // every call answers unavailable
    std::string hangs_at;                                 // this call never answers
    std::function<void(const std::string& call)> on_call; // told of fetches and removed mirrors

    // A new commit on the branch; returns its hash. The first branch of an address is its default.
    std::string push(const std::string& url, const std::string& branch, Files files,
                     const std::string& subject = "first commit");

    boost::asio::awaitable<Result<git::RemoteBranches>> list_branches(GitUrl url) override;
    boost::asio::awaitable<Result<git::Commit>> fetch_branch(GitUrl url, GitRef branch,
                                                             git::ProgressSink progress) override;
    boost::asio::awaitable<Result<git::Commit>>
    fetch_commit(GitUrl url, GitRef branch, std::string commit_hash, git::ProgressSink progress) override;
    boost::asio::awaitable<Result<std::vector<git::TreeEntry>>> list_tree(GitUrl url,
                                                                          std::string commit_hash) override;
    boost::asio::awaitable<Result<std::unique_ptr<git::BlobStream>>> open_blob_stream(GitUrl url) override;
    Result<std::unique_ptr<git::BlobReader>> open_blob_reader(const GitUrl& url) override;
    boost::asio::awaitable<Result<void>> remove_mirror(GitUrl url) override;

  private:
    struct Revision {
        git::Commit commit;
        Files files;
    };
    struct Repository {
        std::string default_branch;
        std::map<std::string, std::vector<Revision>> branches;    // oldest first
        std::shared_ptr<Files> blobs = std::make_shared<Files>(); // by hash; shared with readers
    };
    [[nodiscard]] Result<const Repository*> find(const GitUrl& url) const;
    boost::asio::awaitable<void> record(std::string call) const {
        if (on_call) on_call(call);
        if (call == hangs_at) co_await hang();
    }
    [[nodiscard]] static std::string hash_of(std::string_view text);

    std::map<std::string, Repository> repositories_; // by address
    int commits_ = 0;
};

} // namespace panel::test
