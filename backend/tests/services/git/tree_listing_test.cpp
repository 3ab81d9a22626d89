#include "services/git/tree_listing.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace panel;
using namespace panel::git;

namespace {

const std::string hash(40, 'a');

std::string record(const std::string& path, const std::string& mode = "100644",
                   const std::string& size = "12") {
    return fmt::format("{} {} {} {:>7}\t{}", mode, mode == "160000" ? "commit" : "blob", hash, size, path) +
           std::string(1, '\0');
}

Result<std::vector<TreeEntry>> list(const std::string& bytes, TreeLimits limits = {}) {
    TreeListing listing(limits);
    if (auto taken = listing.put(bytes); !taken) return std::unexpected(taken.error());
    return listing.finish();
}

} // namespace

TEST_CASE("a listing of files reads the same in pieces of any size") {
    const auto bytes = record("a b/\xc3\xa4\n.txt") + record("bin/run", "100755") +
                       record("link", "120000", "3") + record("sub", "160000", "-");
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        TreeListing listing;
        for (std::size_t at = 0; at < bytes.size(); at += size)
            REQUIRE(listing.put(std::string_view(bytes).substr(at, size)));
        const auto entries = listing.finish();
        REQUIRE(entries);
        REQUIRE(entries->size() == 4);
        CHECK((*entries)[0].path == "a b/\xc3\xa4\n.txt");
        CHECK((*entries)[0].size == 12);
        CHECK((*entries)[1].kind == TreeEntry::Kind::executable);
        CHECK((*entries)[2].kind == TreeEntry::Kind::link);
        CHECK((*entries)[3].kind == TreeEntry::Kind::submodule);
    }
    CHECK(list("")->empty());
}

TEST_CASE("paths that lead out of the tree, into .git, or contradict each other are refused") {
    for (const auto* path : {"", "/a", "a//b", "a/", "..", "../a", "a/../b", ".", "./a", "a/./b", ".git",
                             ".git/config", "a/.GIT/x", ".Git"}) {
        CAPTURE(path);
        CHECK(list(record(path)).error().code == Code::invalid);
    }
    CHECK_FALSE(list(record(std::string(256, 'a'))));
    CHECK_FALSE(list(record(std::string(5000, 'a'))));
    CHECK_FALSE(list(std::string(100'000, 'a')));
    CHECK_FALSE(list(record("a") + record("a")));
    CHECK_FALSE(list(record("b") + record("a")));
    CHECK_FALSE(list(record("a", "120000") + record("a/b")));
    CHECK_FALSE(list(record("a", "120000") + record("a-x") + record("a/b/c")));
    CHECK_FALSE(list(record("x/a") + record("x/a-b") + record("x/a/b/c")));
    CHECK(list(record("a-x") + record("a/b") + record("a/b-c") + record("ab")));
    CHECK(list(record("...") + record(".gitignore") + record("a..b")));
}

TEST_CASE("a listing that is no listing is refused") {
    for (const auto& bytes :
         {std::string("garbage"), std::string("garbage\0", 8), record("a", "040000"),
          record("a", "100644", "-"), record("a", "100644", "-5"), record("a", "100644", "1x"),
          record("a").substr(0, 30), std::string("100644 tree ") + hash + "  1\ta" + std::string(1, '\0')}) {
        CHECK(list(bytes).error().code == Code::invalid);
    }
}

TEST_CASE("limits of a listing hold") {
    CHECK(list(record("a") + record("b"), {.entries = 1}).error().code == Code::too_large);
    CHECK(list(record("a"), {.blob_bytes = 11}).error().code == Code::too_large);
    CHECK(list(record("a") + record("b"), {.total_bytes = 23}).error().code == Code::too_large);
    CHECK(list(record("a") + record("b"), {.entries = 2, .blob_bytes = 12, .total_bytes = 24}));
}
