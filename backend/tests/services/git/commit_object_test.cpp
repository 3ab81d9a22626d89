#include "services/git/commit_object.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::git;

namespace {

const std::string hash(40, 'a');
const std::string tree(40, 'b');

std::string object(const std::string& message,
                   const std::string& author = "Lena Example <lena@example.com> 1750000000 +0200") {
    return "tree " + tree + "\nparent " + hash + "\nauthor " + author +
           "\ncommitter Bot <bot@example.com> 1750000060 +0000\ngpgsig -----BEGIN\n tree x\n -----END\n\n" +
           message;
}

} // namespace

TEST_CASE("a commit object gives tree, author, time and the first line of the message") {
    const auto commit = parse_commit(hash, object("feat: x\n\nbody\n"));
    REQUIRE(commit);
    CHECK(commit->hash == hash);
    CHECK(commit->tree_hash == tree);
    CHECK(commit->author_name == "Lena Example");
    CHECK(commit->subject == "feat: x");
    CHECK(to_iso8601(commit->committed_at) == "2025-06-15T15:07:40.000Z");
}

TEST_CASE("whatever stands in a commit becomes one clean line of valid text") {
    CHECK(parse_commit(hash, object("a\x1b[31mred\x1b[0m\r\n"))->subject == "a[31mred[0m");
    CHECK(parse_commit(hash, object("latin \xe4"))->subject == "latin \xef\xbf\xbd");
    CHECK(parse_commit(hash, object(""))->subject.empty());
    CHECK(parse_commit(hash, object("\n\n  late"))->subject == "late");
    CHECK(parse_commit(hash, object(std::string(10'000, 'x')))->subject.size() == 500);
    std::string wide;
    for (int i = 0; i < 400; ++i) wide += "\xe2\x82\xac";
    CHECK(parse_commit(hash, object(wide))->subject.size() == 498);
    CHECK(parse_commit(hash, object("x", "nobody"))->author_name == "nobody");
    CHECK(parse_commit(hash, object("x", ""))->author_name.empty());
    CHECK(parse_commit(hash, object("x", "A <a@example.com> 99999999999999999999 +0000"))->author_name ==
          "A");
    CHECK_FALSE(parse_commit(hash, "100644 blob"));
    CHECK_FALSE(parse_commit(hash, ""));
    CHECK_FALSE(parse_commit(hash, "tree short\n\nx"));
}
