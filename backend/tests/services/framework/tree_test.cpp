#include "support.hpp"

#include "services/framework/disk_tree.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace panel::framework {
namespace {

using namespace testing;

class Directory {
  public:
    Directory() {
        std::string name = (std::filesystem::temp_directory_path() / "panel-tree-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() { std::filesystem::remove_all(path_); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name, std::ios::binary) << text;
    }

  private:
    std::filesystem::path path_;
};

class CountingTree final : public FileTree {
  public:
    explicit CountingTree(Files files) : tree_(std::move(files)) {}
    std::optional<std::string> read(std::string_view path) const override {
        ++reads[std::string(path)];
        return tree_.read(path);
    }
    std::vector<Entry> list(std::string_view directory) const override {
        ++lists[std::string(directory)];
        return tree_.list(directory);
    }
    bool exists(std::string_view path) const override { return tree_.exists(path); }

    mutable std::map<std::string, int> reads;
    mutable std::map<std::string, int> lists;

  private:
    MemoryTree tree_;
};

} // namespace

TEST_CASE("a directory on disk is read below itself only") {
    const Directory outside;
    outside.write("secret", "secret");
    const Directory root;
    root.write("package.json", "{}");
    root.write("src/a.js", "a");
    root.write("large", std::string(2000, 'x'));
    std::filesystem::create_symlink(outside.path() / "secret", root.path() / "link");
    std::filesystem::create_directory_symlink(outside.path(), root.path() / "linked");
    const auto tree = DiskTree::open(root.path().string(), 1000);
    REQUIRE(tree.has_value());
    CHECK((*tree)->read("package.json") == "{}");
    CHECK((*tree)->read("src/a.js") == "a");
    CHECK((*tree)->exists("src"));
    for (const std::string& path :
         {std::string("link"), std::string("linked/secret"),
          "../" + outside.path().filename().string() + "/secret", (outside.path() / "secret").string(),
          std::string("large"), std::string("src"), std::string("missing")})
        CHECK_FALSE_MESSAGE((*tree)->read(path).has_value(), path);
    CHECK_FALSE((*tree)->exists("link"));
    CHECK((*tree)->list("linked").empty());
    CHECK((*tree)->list("..").empty());
    const auto entries = (*tree)->list("");
    REQUIRE(entries.size() == 5);
    CHECK(entries[1].name == "link");
    CHECK(entries[1].kind == EntryKind::link);
    CHECK(entries[4].kind == EntryKind::directory);
    CHECK_FALSE(DiskTree::open("/nonexistent/directory").has_value());
}

TEST_CASE("detection reads each file once and only what a rule asks for") {
    Files files{
        {"package.json",
         R"({"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "16"}})"},
        {"package-lock.json", "{}"},
        {"next.config.js", "module.exports = {}"}};
    for (int i = 0; i < 1000; ++i) files["src/deep/file" + std::to_string(i) + ".js"] = "x";
    const CountingTree tree(files);
    REQUIRE(detect(tree, {}).has_value());
    CHECK(tree.reads.size() <= 6);
    CHECK(tree.lists.size() <= 4);
    for (const auto& [path, count] : tree.reads) CHECK_MESSAGE(count == 1, path);
    for (const auto& [path, count] : tree.lists) CHECK_MESSAGE(count == 1, path);
}

TEST_CASE("links, submodules and directories are no manifests") {
    class LinkTree final : public FileTree {
      public:
        std::optional<std::string> read(std::string_view) const override { return std::nullopt; }
        std::vector<Entry> list(std::string_view directory) const override {
            if (!directory.empty()) return {};
            return {{"package.json", EntryKind::link}, {"index.html", EntryKind::submodule}};
        }
        bool exists(std::string_view) const override { return false; }
    };
    CHECK_FALSE(detect(LinkTree{}, {}).has_value());
}

} // namespace panel::framework
