#include "support/fakes/fake_git.hpp"

#include "crypto/digest.hpp"

#include <algorithm>

namespace panel::test {

namespace asio = boost::asio;

namespace {

class Stream final : public git::BlobStream {
  public:
    explicit Stream(std::shared_ptr<FakeGit::Files> blobs) : blobs_(std::move(blobs)) {}
    asio::awaitable<Result<void>> open(std::string hash) override {
        const auto found = blobs_->find(hash);
        if (found == blobs_->end()) co_return fail(Code::not_found, "No such object.");
        rest_ = found->second;
        co_return Result<void>{};
    }
    asio::awaitable<Result<std::string>> next() override { co_return std::exchange(rest_, {}); }

  private:
    std::shared_ptr<FakeGit::Files> blobs_;
    std::string rest_;
};

class Reader final : public git::BlobReader {
  public:
    explicit Reader(std::shared_ptr<FakeGit::Files> blobs) : blobs_(std::move(blobs)) {}
    std::optional<std::string> read(const std::string& hash, std::int64_t limit_bytes) override {
        const auto found = blobs_->find(hash);
        if (found == blobs_->end() || static_cast<std::int64_t>(found->second.size()) > limit_bytes)
            return std::nullopt;
        return found->second;
    }

  private:
    std::shared_ptr<FakeGit::Files> blobs_;
};

} // namespace

std::string FakeGit::hash_of(std::string_view text) {
    return crypto::sha256_hex(std::string(text)).substr(0, 40);
}

std::string FakeGit::push(const std::string& url, const std::string& branch, Files files,
                          const std::string& subject) {
    auto& repository = repositories_[url];
    if (repository.default_branch.empty()) repository.default_branch = branch;
    for (const auto& [path, bytes] : files) (*repository.blobs)[hash_of(bytes)] = bytes;
    Revision revision;
    revision.commit.hash = hash_of(url + branch + std::to_string(++commits_));
    revision.commit.tree_hash = hash_of(revision.commit.hash);
    revision.commit.subject = subject;
    revision.commit.author_name = "Lena";
    revision.commit.committed_at = from_milliseconds(1'750'000'000'000 + commits_ * 1000LL);
    revision.files = std::move(files);
    repository.branches[branch].push_back(revision);
    return revision.commit.hash;
}

Result<const FakeGit::Repository*> FakeGit::find(const GitUrl& url) const {
    if (is_down) return fail(Code::unavailable, "The git server does not answer.");
    const auto found = repositories_.find(url.value());
    if (found == repositories_.end()) return fail(Code::not_found, "There is no such repository.");
    return &found->second;
}

asio::awaitable<Result<git::RemoteBranches>> FakeGit::list_branches(GitUrl url) {
    const auto repository = find(url);
    if (!repository) co_return std::unexpected(repository.error());
    git::RemoteBranches out{(*repository)->default_branch, {}};
    for (const auto& [name, revisions] : (*repository)->branches)
        out.branches.push_back({name, revisions.back().commit.hash});
    co_return out;
}

asio::awaitable<Result<git::Commit>> FakeGit::fetch_branch(GitUrl url, GitRef branch,
                                                           git::ProgressSink progress) {
    co_await record("fetch " + branch.value());
    const auto repository = find(url);
    if (!repository) co_return std::unexpected(repository.error());
    const auto found = (*repository)->branches.find(branch.value());
    if (found == (*repository)->branches.end())
        co_return fail(Code::invalid, "There is no branch " + branch.value() + ".");
    const auto commit = found->second.back().commit;
    if (progress) co_await progress("Receiving objects: 100%");
    co_return commit;
}

asio::awaitable<Result<git::Commit>> FakeGit::fetch_commit(GitUrl url, GitRef branch, std::string commit_hash,
                                                           git::ProgressSink progress) {
    co_await record("fetch " + commit_hash);
    const auto repository = find(url);
    if (!repository) co_return std::unexpected(repository.error());
    const auto found = (*repository)->branches.find(branch.value());
    if (found != (*repository)->branches.end())
        for (const auto& revision : found->second)
            if (revision.commit.hash == commit_hash) {
                const auto commit = revision.commit;
                if (progress) co_await progress("Receiving objects: 100%");
                co_return commit;
            }
    co_return fail(Code::invalid, "The branch does not hold this commit.");
}

asio::awaitable<Result<std::vector<git::TreeEntry>>> FakeGit::list_tree(GitUrl url, std::string commit_hash) {
    const auto repository = find(url);
    if (!repository) co_return std::unexpected(repository.error());
    for (const auto& [name, revisions] : (*repository)->branches)
        for (const auto& revision : revisions) {
            if (revision.commit.hash != commit_hash) continue;
            std::vector<git::TreeEntry> out;
            for (const auto& [path, bytes] : revision.files)
                out.push_back({git::TreeEntry::Kind::file, hash_of(bytes),
                               static_cast<std::int64_t>(bytes.size()), path});
            co_return out;
        }
    co_return fail(Code::invalid, "No such commit.");
}

asio::awaitable<Result<std::unique_ptr<git::BlobStream>>> FakeGit::open_blob_stream(GitUrl url) {
    const auto repository = find(url);
    if (!repository) co_return std::unexpected(repository.error());
    co_return std::make_unique<Stream>((*repository)->blobs);
}

Result<std::unique_ptr<git::BlobReader>> FakeGit::open_blob_reader(const GitUrl& url) {
    const auto repository = find(url);
    if (!repository) return std::unexpected(repository.error());
    return std::make_unique<Reader>((*repository)->blobs);
}

asio::awaitable<Result<void>> FakeGit::remove_mirror(GitUrl url) {
    co_await record("remove mirror " + url.value());
    co_return Result<void>{};
}

} // namespace panel::test
