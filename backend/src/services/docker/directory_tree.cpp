#include "services/docker/directory_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <string_view>
#include <utility>

namespace panel::docker {

namespace {

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int link_limit = 40; // followed one after the other, as the kernel has it

std::deque<std::string> components_of(std::string_view path) {
    std::deque<std::string> components;
    while (!path.empty()) {
        const auto end = path.find('/');
        const auto name = path.substr(0, end);
        if (!name.empty() && name != ".") components.emplace_back(name);
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
    return components;
}

std::string join(const std::vector<std::string>& components) {
    std::string path;
    for (const auto& name : components) path += (path.empty() ? "" : "/") + name;
    return path;
}

} // namespace

bool split_path(const std::string& path, int depth, std::vector<std::string>& components) {
    if (path.starts_with('/') || path.find('\0') != std::string::npos) return false;
    components.clear();
    for (auto& name : components_of(path)) {
        if (name == ".." || name.size() > NAME_MAX) return false;
        components.push_back(std::move(name));
    }
    return components.size() <= static_cast<std::size_t>(depth);
}

DirectoryTree::DirectoryTree(const std::string& root)
    : root_(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

int DirectoryTree::open_parent(const std::vector<std::string>& path, bool create, FileDescriptor& parent) {
    FileDescriptor current(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
    for (std::size_t i = 0; i + 1 < path.size() && current.is_open(); ++i) {
        const auto* name = path[i].c_str();
        const bool is_new = create && ::mkdirat(current.get(), name, 0755) == 0;
        if (create && !is_new && errno != EEXIST) return errno;
        current.reset(::openat(current.get(), name, directory_flags));
        // whatever the umask is: the web server reads as another user
        if (is_new && current.is_open() && ::fchmod(current.get(), 0755) != 0) return errno;
    }
    if (!current.is_open()) return errno;
    parent = std::move(current);
    return 0;
}

int DirectoryTree::make_directory(const std::vector<std::string>& path) {
    auto inside = path;
    inside.emplace_back(); // the directory itself is then the last parent
    FileDescriptor made;
    return open_parent(inside, true, made);
}

int DirectoryTree::make_file(const std::vector<std::string>& path, FileDescriptor& file) {
    auto parent_path = path;
    parent_path.pop_back();
    if (!parent_.is_open() || parent_path != parent_path_) {
        if (!parent_path.empty()) {
            if (const int failure = make_directory(parent_path); failure != 0) return failure;
        }
        if (const int failure = open_parent(path, false, parent_); failure != 0) return failure;
        parent_path_ = std::move(parent_path);
    }
    file.reset(::openat(parent_.get(), path.back().c_str(),
                        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open()) return errno;
    return ::fchmod(file.get(), 0644) == 0 ? 0 : errno;
}

int DirectoryTree::make_link(const std::vector<std::string>& path, const std::string& target) {
    FileDescriptor parent;
    if (const int failure = open_parent(path, true, parent); failure != 0) return failure;
    return ::symlinkat(target.c_str(), parent.get(), path.back().c_str()) == 0 ? 0 : errno;
}

int DirectoryTree::make_hard_link(const std::vector<std::string>& path,
                                  const std::vector<std::string>& existing) {
    FileDescriptor source;
    if (const int failure = open_parent(existing, false, source); failure != 0) return failure;
    struct stat found{};
    if (::fstatat(source.get(), existing.back().c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return errno;
    if (!S_ISREG(found.st_mode)) return EPERM;
    FileDescriptor parent;
    if (const int failure = open_parent(path, true, parent); failure != 0) return failure;
    return ::linkat(source.get(), existing.back().c_str(), parent.get(), path.back().c_str(), 0) == 0 ? 0
                                                                                                      : errno;
}

bool DirectoryTree::stays_inside(const std::vector<std::string>& path) const {
    std::deque<std::string> ahead(path.begin(), path.end());
    std::vector<std::string> behind; // no links among them
    int followed = 0;
    while (!ahead.empty()) {
        const auto name = std::move(ahead.front());
        ahead.pop_front();
        if (name == "..") {
            if (behind.empty()) return false;
            behind.pop_back();
            continue;
        }
        behind.push_back(name);
        std::array<char, PATH_MAX> target{};
        const auto size = ::readlinkat(root_.get(), join(behind).c_str(), target.data(), target.size());
        if (size < 0) continue; // no link, or not there
        const std::string_view text(target.data(), static_cast<std::size_t>(size));
        if (text.starts_with('/') || text.size() == target.size() || ++followed > link_limit) return false;
        behind.pop_back();
        const auto rest = components_of(text);
        ahead.insert(ahead.begin(), rest.begin(), rest.end());
    }
    return true;
}

bool DirectoryTree::flush() const { return ::syncfs(root_.get()) == 0; }

} // namespace panel::docker
