#include "services/deployment/build_context.hpp"

namespace panel::deployment {

namespace {
constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::int64_t link_target_limit = 4096;
} // namespace

BuildContext::BuildContext(std::vector<git::TreeEntry> entries, std::unique_ptr<git::BlobStream> blobs,
                           std::vector<OwnFile> own_files, Layout layout)
    : entries_(std::move(entries)),
      blobs_(std::move(blobs)),
      own_files_(std::move(own_files)),
      layout_(std::move(layout)),
      tar_(std::chrono::floor<std::chrono::seconds>(layout_.modified)) {
    if (!layout_.directory.empty()) layout_.directory += '/';
    std::erase_if(entries_,
                  [&](const git::TreeEntry& entry) { return !entry.path.starts_with(layout_.directory); });
}

boost::asio::awaitable<Result<void>> BuildContext::add_entry(const git::TreeEntry& entry) {
    using Kind = git::TreeEntry::Kind;
    if (entry.kind == Kind::submodule) co_return Result<void>{};
    const auto path = layout_.prefix + entry.path.substr(layout_.directory.size());
    if (entry.kind == Kind::link && entry.size > link_target_limit)
        co_return fail(
            Code::invalid,
            "The repository holds a symbolic link with a target of over 4096 bytes: " + entry.path + ".");
    auto opened = co_await blobs_->open(entry.hash);
    if (!opened) co_return opened;
    if (entry.kind != Kind::link) {
        tar_.begin_file(path, entry.size, entry.kind == Kind::executable);
        in_file_ = true;
        co_return Result<void>{};
    }
    std::string target;
    while (true) {
        auto bytes = co_await blobs_->next();
        if (!bytes) co_return std::unexpected(bytes.error());
        if (bytes->empty()) break;
        target += *bytes;
    }
    tar_.link(path, target);
    co_return Result<void>{};
}

boost::asio::awaitable<Result<std::string>> BuildContext::next() {
    while (tar_.pending_bytes() < piece_bytes && !finished_) {
        if (in_file_) {
            auto bytes = co_await blobs_->next();
            if (!bytes) co_return std::unexpected(bytes.error());
            if (bytes->empty())
                in_file_ = false;
            else
                tar_.data(*bytes);
        } else if (!own_files_.empty()) { // first, so that the engine reads the Dockerfile early
            tar_.file(own_files_.back().path, own_files_.back().content);
            own_files_.pop_back();
        } else if (position_ < entries_.size()) {
            auto added = co_await add_entry(entries_[position_++]);
            if (!added) co_return std::unexpected(added.error());
        } else {
            tar_.finish();
            finished_ = true;
        }
    }
    co_return tar_.take();
}

std::string render_environment_file(const std::vector<std::pair<std::string, std::string>>& variables) {
    std::string text;
    for (const auto& [key, value] : variables) {
        text += "export " + key + "='";
        for (const char c : value) {
            if (c == '\'')
                text += "'\\''";
            else
                text += c;
        }
        text += "'\n";
    }
    return text;
}

} // namespace panel::deployment
