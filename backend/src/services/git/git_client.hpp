#pragma once
// The port to git: bare mirrors, one per repository address, read without a work tree. Implemented by GitCli
// with the git program, and by a fake in tests. Owned by App. Loop thread only, except BlobReader. Every call
// has a deadline. Errors: invalid (address refused by policy, no such branch or commit, empty repository),
// forbidden (authentication asked for), not_found (no such repository), unavailable (host unreachable,
// connection cut, git missing), too_large. Messages are one plain sentence for users.

#include "base/clock.hpp"
#include "base/result.hpp"
#include "models/git_ref.hpp"
#include "models/git_url.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace panel::git {

struct Branch {
    std::string name;
    std::string commit_hash;
};

struct RemoteBranches {
    std::string default_branch; // "" when the remote does not say
    std::vector<Branch> branches;
};

struct Commit {
    std::string hash;
    std::string tree_hash;
    std::string subject; // valid UTF-8, one line, at most 500 bytes
    std::string author_name;
    Timestamp committed_at;
};

struct TreeEntry {
    enum class Kind { file, executable, link, submodule };
    Kind kind = Kind::file;
    std::string hash;
    std::int64_t size = 0; // bytes; 0 for submodules
    std::string path;      // from the root of the tree, '/' between parts, never absolute, no ".." part
};

// Streams blobs of one repository through one `git cat-file --batch`. Loop thread.
class BlobStream {
  public:
    virtual ~BlobStream() = default;
    // Opens the next blob; its bytes follow by next() until it returns "".
    virtual boost::asio::awaitable<Result<void>> open(std::string hash) = 0;
    virtual boost::asio::awaitable<Result<std::string>> next() = 0;
};

// Reads single small blobs, blocking: for a pool thread (detection reads a handful of manifests on demand).
class BlobReader {
  public:
    virtual ~BlobReader() = default;
    // nullopt when absent, larger than the limit, or git does not answer in time.
    virtual std::optional<std::string> read(const std::string& hash, std::int64_t limit_bytes) = 0;
};

using ProgressSink = std::function<boost::asio::awaitable<void>(std::string)>;

class GitClient {
  public:
    virtual ~GitClient() = default;

    // git ls-remote --heads --symref. Does not touch a mirror.
    virtual boost::asio::awaitable<Result<RemoteBranches>> list_branches(GitUrl url) = 0;
    // Brings the one branch into the mirror (shallow) and returns its newest commit. Progress lines go to
    // `progress`.
    virtual boost::asio::awaitable<Result<Commit>> fetch_branch(GitUrl url, GitRef branch,
                                                                ProgressSink progress) = 0;
    // Brings one commit (full hash) that the branch holds into the mirror, unless it is there already.
    virtual boost::asio::awaitable<Result<Commit>>
    fetch_commit(GitUrl url, GitRef branch, std::string commit_hash, ProgressSink progress) = 0;
    // Every file below the commit, recursively, in git's order.
    virtual boost::asio::awaitable<Result<std::vector<TreeEntry>>> list_tree(GitUrl url,
                                                                             std::string commit_hash) = 0;
    virtual boost::asio::awaitable<Result<std::unique_ptr<BlobStream>>> open_blob_stream(GitUrl url) = 0;
    virtual Result<std::unique_ptr<BlobReader>> open_blob_reader(const GitUrl& url) = 0;
    // Removes the mirror of an address that no project uses any more.
    virtual boost::asio::awaitable<Result<void>> remove_mirror(GitUrl url) = 0;
};

} // namespace panel::git
