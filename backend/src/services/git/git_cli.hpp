#pragma once
// GitClient with the git program (2.37 or newer: older ones cannot pin a connection to the checked address).
// Owned by App. Loop thread only, except the BlobReader that it makes. Nothing is ever checked out: the
// mirrors are bare, shallow, and read by hash. One fetch at a time writes a mirror; reading needs no lock.

#include "services/git/git_client.hpp"
#include "services/git/git_command.hpp"
#include "services/git/git_policy.hpp"
#include "services/git/remote.hpp"

#include <chrono>
#include <filesystem>
#include <set>
#include <string>

namespace panel::git {

struct GitLimits {
    std::chrono::milliseconds list_time{20'000};
    std::chrono::milliseconds fetch_time{10 * 60'000};
    std::chrono::milliseconds read_time{60'000};        // commit and tree
    std::chrono::milliseconds stream_time{60 * 60'000}; // of a whole BlobStream
    std::chrono::milliseconds blob_time{10'000};        // one BlobReader::read
    std::chrono::milliseconds lock_time{15 * 60'000};   // waiting for another fetch of the same mirror
    std::chrono::seconds silence{30}; // a server that sends less than 1 kB/s for so long is given up
};

class GitCli final : public GitClient {
  public:
    GitCli(std::filesystem::path mirrors_directory, GitPolicy policy, GitLimits limits = {});

    boost::asio::awaitable<Result<RemoteBranches>> list_branches(GitUrl url) override;
    boost::asio::awaitable<Result<Commit>> fetch_branch(GitUrl url, GitRef branch,
                                                        ProgressSink progress) override;
    boost::asio::awaitable<Result<Commit>> fetch_commit(GitUrl url, GitRef branch, std::string commit_hash,
                                                        ProgressSink progress) override;
    boost::asio::awaitable<Result<std::vector<TreeEntry>>> list_tree(GitUrl url,
                                                                     std::string commit_hash) override;
    boost::asio::awaitable<Result<std::unique_ptr<BlobStream>>> open_blob_stream(GitUrl url) override;
    Result<std::unique_ptr<BlobReader>> open_blob_reader(const GitUrl& url) override;
    boost::asio::awaitable<Result<void>> remove_mirror(GitUrl url) override;

  private:
    struct Fetch;

    boost::asio::awaitable<Result<Remote>> open_remote(GitUrl url);
    boost::asio::awaitable<Result<void>> fetch_ref(Fetch& fetch, std::string refspec, Literal depth);
    boost::asio::awaitable<Result<void>> run_fetch(Fetch& fetch, std::string refspec, Literal depth);
    boost::asio::awaitable<Result<void>> deepen(Fetch& fetch, const GitRef& branch,
                                                const std::string& commit_hash);
    boost::asio::awaitable<Result<Commit>> read_commit(std::filesystem::path mirror, std::string hash);
    boost::asio::awaitable<Error> explain_missing_branch(GitUrl url, GitRef branch);
    boost::asio::awaitable<void> throw_away(std::filesystem::path mirror);
    boost::asio::awaitable<void> tidy(std::filesystem::path mirror);

    std::filesystem::path mirrors_;
    GitPolicy policy_;
    GitLimits limits_;
    std::set<std::string> suffixed_; // addresses whose server wants ".git" at the end
};

} // namespace panel::git
