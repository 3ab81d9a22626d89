// Against the git program and a git server on loopback.
#include "services/git/git_cli.hpp"

#include "services/git/mirror.hpp"
#include "support/git_http_server.hpp"
#include "support/git_repository.hpp"
#include "support/run.hpp"
#include "support/temp_directory.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace panel;
using namespace panel::git;
using Mood = test::GitHttpServer::Mood;

namespace {

template <class T> using Waiting = boost::asio::awaitable<T>;

GitRef branch(const std::string& name) { return *GitRef::parse(name); }

struct Fixture {
    boost::asio::io_context loop;
    test::TempDirectory directory;
    test::GitHttpServer server{loop, directory.path() / "served"};
    GitCli client{directory.path() / "mirrors", policy(), limits()};
    std::vector<std::string> progress;

    ~Fixture() { test::run(loop, server.stop()); }
    GitPolicy policy() { return {*parse_private_hosts(server.host()), {}}; }
    static GitLimits limits() {
        GitLimits limits;
        limits.list_time = std::chrono::seconds{10};
        limits.fetch_time = std::chrono::seconds{10};
        return limits;
    }
    test::GitRepository make_repository(const std::string& name) {
        return test::GitRepository(directory.path() / "served" / (name + ".git"));
    }
    GitUrl url(const std::string& name) { return *GitUrl::parse(server.address(name + ".git")); }
    std::filesystem::path mirror(const GitUrl& url) {
        return mirror_directory(directory.path() / "mirrors", url);
    }
    Waiting<void> note(std::string line) {
        progress.push_back(std::move(line));
        co_return;
    }
    Result<Commit> fetch(const GitUrl& address, const std::string& name) {
        return test::run(loop,
                         client.fetch_branch(address, branch(name),
                                             [this](std::string line) { return note(std::move(line)); }),
                         std::chrono::seconds{30});
    }
    Result<Commit> fetch_commit(const GitUrl& address, const std::string& name, const std::string& hash) {
        return test::run(loop, client.fetch_commit(address, branch(name), hash, {}),
                         std::chrono::seconds{30});
    }
    Result<std::vector<TreeEntry>> tree(const GitUrl& address, const std::string& hash) {
        return test::run(loop, client.list_tree(address, hash));
    }
};

Waiting<Result<std::string>> read_blob(BlobStream& stream, std::string hash) {
    if (auto opened = co_await stream.open(hash); !opened) co_return std::unexpected(opened.error());
    std::string content;
    for (;;) {
        auto piece = co_await stream.next();
        if (!piece) co_return piece;
        if (piece->empty()) co_return content;
        content += *piece;
    }
}

} // namespace

TEST_CASE_FIXTURE(Fixture, "the branches of a repository are listed with its default branch") {
    auto repository = make_repository("app");
    const auto first = repository.commit("main", "first", {{"a.txt", "a"}});
    const auto second = repository.commit("feature/x", "second", {{"b.txt", "b"}});
    repository.git({"tag", "v1", first});
    const auto remote = test::run(loop, client.list_branches(url("app")));
    REQUIRE(remote);
    CHECK(remote->default_branch == "main");
    REQUIRE(remote->branches.size() == 2);
    CHECK(remote->branches[0].name == "feature/x");
    CHECK(remote->branches[0].commit_hash == second);
    CHECK(remote->branches[1].name == "main");
    CHECK(remote->branches[1].commit_hash == first);
    CHECK_FALSE(std::filesystem::exists(mirror(url("app"))));
}

TEST_CASE_FIXTURE(Fixture, "a branch is fetched shallow, and its commit, files and content are read") {
    auto repository = make_repository("app");
    repository.commit("main", "old", {{"old.txt", "old"}});
    const std::string big(700'000, 'x');
    const auto hash = repository.commit("main", "feat: b\xc3\xa4r\n\nbody",
                                        {{"a.txt", "hello"},
                                         {"bin/run", "#!/bin/sh\n", "100755"},
                                         {"link", "a.txt", "120000"},
                                         {"big", big},
                                         {"empty", ""},
                                         {"sub", "93bb0c1000000000000000000000000000000abc", "160000"}});
    const auto address = url("app");
    const auto commit = fetch(address, "main");
    REQUIRE(commit);
    CHECK(commit->hash == hash);
    CHECK(commit->tree_hash == repository.git({"rev-parse", "main^{tree}"}));
    CHECK(commit->subject == "feat: b\xc3\xa4r");
    CHECK(commit->author_name == "Lena Example");
    CHECK(to_iso8601(commit->committed_at) == "2025-06-15T15:06:40.000Z");
    CHECK(std::ranges::any_of(progress, [](const std::string& line) { return line.contains("objects"); }));
    CHECK_FALSE(std::filesystem::exists(mirror(address) / "hooks"));
    CHECK(test::GitRepository(mirror(address)).git({"rev-list", "--count", "refs/heads/main"}) == "1");

    const auto entries = tree(address, hash);
    REQUIRE(entries);
    std::vector<std::string> paths;
    for (const auto& entry : *entries) paths.push_back(entry.path);
    CHECK(paths == std::vector<std::string>{"a.txt", "big", "bin/run", "empty", "link", "old.txt", "sub"});
    CHECK((*entries)[0].kind == TreeEntry::Kind::file);
    CHECK((*entries)[0].size == 5);
    CHECK((*entries)[1].size == 700'000);
    CHECK((*entries)[2].kind == TreeEntry::Kind::executable);
    CHECK((*entries)[4].kind == TreeEntry::Kind::link);
    CHECK((*entries)[6].kind == TreeEntry::Kind::submodule);
    CHECK((*entries)[6].size == 0);

    auto stream = test::run(loop, client.open_blob_stream(address));
    REQUIRE(stream);
    CHECK(*test::run(loop, read_blob(**stream, (*entries)[0].hash)) == "hello");
    CHECK(*test::run(loop, read_blob(**stream, (*entries)[1].hash)) == big);
    CHECK(test::run(loop, read_blob(**stream, (*entries)[3].hash))->empty());
    CHECK(test::run(loop, read_blob(**stream, hash)).error().code == Code::invalid); // a commit is no file
    CHECK(test::run(loop, read_blob(**stream, std::string(40, '0'))).error().code == Code::not_found);
    REQUIRE(test::run(loop, (*stream)->open((*entries)[1].hash))); // left unread
    CHECK(*test::run(loop, read_blob(**stream, (*entries)[4].hash)) == "a.txt");

    auto reader = client.open_blob_reader(address);
    REQUIRE(reader);
    CHECK((*reader)->read((*entries)[0].hash, 100) == "hello");
    CHECK((*reader)->read((*entries)[1].hash, 100) == std::nullopt); // over the limit
    CHECK((*reader)->read(std::string(40, '0'), 100) == std::nullopt);
    CHECK((*reader)->read("--help", 100) == std::nullopt);
    CHECK((*reader)->read((*entries)[3].hash, 0) == "");
    CHECK((*reader)->read((*entries)[1].hash, 700'000) == big);
}

TEST_CASE_FIXTURE(Fixture, "a push, a forced push and a deleted branch are seen at the next fetch") {
    auto repository = make_repository("app");
    const auto address = url("app");
    std::string noise; // does not compress
    for (unsigned i = 0, x = 1; i < 100'000; ++i)
        noise += static_cast<char>((x = x * 1'664'525U + 1'013'904'223U) >> 24U);
    repository.commit("main", "first", {{"a.txt", "1"}, {"noise", noise}});
    REQUIRE(fetch(address, "main"));
    CHECK(server.sent_bytes > 100'000);
    server.sent_bytes = 0;
    REQUIRE(fetch(address, "main"));
    CHECK(server.sent_bytes < 2'000); // an unchanged branch transfers nothing
    const auto second = repository.commit("main", "second", {{"a.txt", "2"}});
    CHECK(fetch(address, "main")->hash == second);
    CHECK(server.sent_bytes < 5'000); // and a small change little
    const auto forced = repository.commit("main", "forced", {{"other.txt", "3"}}, true);
    const auto commit = fetch(address, "main");
    REQUIRE(commit);
    CHECK(commit->hash == forced);
    REQUIRE(tree(address, forced)->size() == 1);
    repository.commit("next", "next", {{"n.txt", "n"}});
    repository.git({"symbolic-ref", "HEAD", "refs/heads/next"});
    repository.git({"update-ref", "-d", "refs/heads/main"});
    const auto gone = fetch(address, "main");
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == Code::invalid);
    CHECK(gone.error().message == "The repository has no branch named main; its default branch is next.");
    CHECK(tree(address, second)->size() == 2); // what was fetched can still be read
}

TEST_CASE_FIXTURE(Fixture, "a branch whose name was a directory of branches before is fetched anew") {
    auto repository = make_repository("app");
    const auto address = url("app");
    repository.commit("release", "first", {{"a.txt", "1"}});
    REQUIRE(fetch(address, "release"));
    repository.git({"update-ref", "-d", "refs/heads/release"});
    const auto hash = repository.commit("release/2", "second", {{"a.txt", "2"}});
    const auto commit = fetch(address, "release/2");
    REQUIRE(commit);
    CHECK(commit->hash == hash);
}

TEST_CASE_FIXTURE(Fixture, "an empty, an unknown and a private repository are told apart") {
    make_repository("empty");
    const auto empty = fetch(url("empty"), "main");
    CHECK(empty.error().code == Code::invalid);
    CHECK(empty.error().message == "The repository is empty: push a first commit.");
    CHECK(test::run(loop, client.list_branches(url("empty")))->branches.empty());

    const auto unknown = fetch(url("unknown"), "main");
    CHECK(unknown.error().code == Code::not_found);
    CHECK(test::run(loop, client.list_branches(url("unknown"))).error().code == Code::not_found);

    server.mood = Mood::asks_for_password;
    const auto locked = fetch(url("empty"), "main");
    CHECK(locked.error().code == Code::forbidden);
    CHECK(locked.error().message.contains("private"));
    CHECK(test::run(loop, client.list_branches(url("empty"))).error().code == Code::forbidden);
}

TEST_CASE_FIXTURE(
    Fixture,
    "a server that fails, redirects elsewhere, hangs or cuts off is reported and leaves a usable mirror") {
    auto repository = make_repository("app");
    const auto hash = repository.commit("main", "first", {{"a.txt", std::string(100'000, 'a')}});
    const auto address = url("app");
    const auto refuse = [&](Mood mood, Code code) {
        server.mood = mood;
        CAPTURE(static_cast<int>(mood));
        const auto commit = fetch(address, "main");
        REQUIRE_FALSE(commit);
        CHECK(commit.error().code == code);
        CHECK(commit.error().message.ends_with('.'));
    };
    refuse(Mood::fails, Code::unavailable);
    refuse(Mood::redirects, Code::invalid);
    refuse(Mood::cuts_packs, Code::unavailable);
    GitLimits hasty = limits();
    hasty.fetch_time = std::chrono::milliseconds{700};
    client = GitCli(directory.path() / "mirrors", policy(), hasty);
    refuse(Mood::hangs_at_packs, Code::unavailable);
    client = GitCli(directory.path() / "mirrors", policy(), limits());
    server.mood = Mood::honest;
    const auto commit = fetch(address, "main");
    REQUIRE(commit);
    CHECK(commit->hash == hash);
}

TEST_CASE_FIXTURE(Fixture, "a server that wants .git at the end of the address gets it") {
    auto repository = make_repository("app");
    const auto hash = repository.commit("main", "first", {{"a.txt", "a"}});
    server.mood = Mood::redirects_to_suffix;
    const auto address = *GitUrl::parse(server.address("app"));
    CHECK(test::run(loop, client.list_branches(address))->branches.size() == 1);
    const auto commit = fetch(address, "main");
    REQUIRE(commit);
    CHECK(commit->hash == hash);
}

TEST_CASE_FIXTURE(Fixture, "a host on a private address is not asked unless it is listed") {
    make_repository("app").commit("main", "first", {{"a.txt", "a"}});
    const auto port = server.host().substr(server.host().find(':') + 1);
    GitCli strict(directory.path() / "mirrors", GitPolicy{}, limits());
    for (const auto& text :
         {"https://" + server.host() + "/app.git", "https://localhost:" + port + "/app.git",
          std::string("ssh://git@127.0.0.1/app.git"), std::string("https://[::1]/app.git"),
          std::string("https://[::ffff:127.0.0.1]/app.git"), std::string("git@169.254.169.254:app.git"),
          "http://" + server.host() + "/app.git"}) {
        CAPTURE(text);
        const auto commit = test::run(loop, strict.fetch_branch(*GitUrl::parse(text), branch("main"), {}));
        REQUIRE_FALSE(commit);
        CHECK(commit.error().code == Code::invalid);
        CHECK(test::run(loop, strict.list_branches(*GitUrl::parse(text))).error().code == Code::invalid);
    }
    CHECK(server.requests == 0);
}

TEST_CASE_FIXTURE(Fixture, "a listed name is asked at the address that was checked") {
    make_repository("app").commit("main", "first", {{"a.txt", "a"}});
    const auto port = server.host().substr(server.host().find(':') + 1);
    const auto address = *GitUrl::parse("http://localhost:" + port + "/app.git");
    GitCli lenient(directory.path() / "mirrors", {*parse_private_hosts("LOCALHOST"), {}}, limits());
    CHECK(test::run(loop, lenient.fetch_branch(address, branch("main"), {})));
    const auto unknown =
        test::run(loop, lenient.list_branches(*GitUrl::parse("https://no-such-host.invalid/app.git")));
    CHECK(unknown.error().code == Code::unavailable);
    CHECK(unknown.error().message == "The host of the git server cannot be found.");
    const auto closed = test::run(loop, lenient.list_branches(*GitUrl::parse("http://localhost:1/app.git")));
    CHECK(closed.error().code == Code::unavailable);
}

TEST_CASE_FIXTURE(Fixture, "an older commit is fetched by its hash, and from the mirror the second time") {
    auto repository = make_repository("app");
    const auto address = url("app");
    const auto first = repository.commit("main", "first", {{"a.txt", "1"}});
    repository.commit("main", "second", {{"a.txt", "2"}});
    REQUIRE(fetch(address, "main"));
    const auto commit = fetch_commit(address, "main", first);
    REQUIRE(commit);
    CHECK(commit->subject == "first");
    const int requests = server.requests;
    CHECK(fetch_commit(address, "main", first));
    CHECK(server.requests == requests);
    CHECK(tree(address, first)->size() == 1);
    const auto unknown = fetch_commit(address, "main", std::string(40, '1'));
    CHECK(unknown.error().code == Code::invalid);
    CHECK(unknown.error().message == "The repository has no commit 1111111.");
    CHECK(fetch_commit(address, "main", "1111111").error().code == Code::invalid);
}

TEST_CASE_FIXTURE(Fixture, "a server that gives no commit by its hash is asked for more of the branch") {
    auto repository = make_repository("app");
    const auto address = url("app");
    const auto first = repository.commit("main", "first", {{"a.txt", "1"}});
    for (int i = 0; i < 5; ++i) repository.commit("main", "more", {{"a.txt", std::to_string(i)}});
    server.gives_commits_by_hash = false;
    REQUIRE(fetch(address, "main"));
    const auto commit = fetch_commit(address, "main", first);
    REQUIRE(commit);
    CHECK(commit->hash == first);
    CHECK(fetch_commit(address, "main", std::string(40, '1')).error().code == Code::invalid);
}

TEST_CASE_FIXTURE(Fixture, "locks of a killed git and a damaged mirror do not stop the next fetch") {
    auto repository = make_repository("app");
    const auto address = url("app");
    repository.commit("main", "first", {{"a.txt", "1"}});
    const auto commit = fetch(address, "main");
    REQUIRE(commit);
    for (const auto* name : {"shallow.lock", "HEAD.lock", "refs/heads/main.lock", "objects/pack/tmp_pack_x"})
        std::ofstream(mirror(address) / name) << "x";
    const auto second = repository.commit("main", "second", {{"a.txt", "2"}});
    CHECK(fetch(address, "main")->hash == second);
    CHECK_FALSE(std::filesystem::exists(mirror(address) / "shallow.lock"));
    CHECK_FALSE(std::filesystem::exists(mirror(address) / "objects/pack/tmp_pack_x"));

    std::filesystem::remove_all(mirror(address) / "objects"); // every object is gone, the refs are not
    CHECK_FALSE(tree(address, second));
    CHECK(fetch(address, "main")->hash == second);
    CHECK(tree(address, second));

    std::ofstream(mirror(address) / "HEAD") << "garbage";
    CHECK(fetch(address, "main")->hash == second);

    CHECK(test::run(loop, client.remove_mirror(address)));
    CHECK_FALSE(std::filesystem::exists(mirror(address)));
    CHECK_FALSE(std::filesystem::exists(mirror(address).native() + ".lock"));
    CHECK(test::run(loop, client.remove_mirror(address)));
    CHECK_FALSE(tree(address, second));
    CHECK(fetch(address, "main")->hash == second);
}

TEST_CASE_FIXTURE(Fixture, "two fetches of one mirror at the same time both succeed") {
    using namespace boost::asio::experimental::awaitable_operators;
    auto repository = make_repository("app");
    const auto hash = repository.commit("main", "first", {{"a.txt", "1"}});
    const auto other = repository.commit("next", "next", {{"a.txt", "2"}});
    const auto both = [](GitCli& one, GitCli& two,
                         GitUrl address) -> Waiting<std::pair<Result<Commit>, Result<Commit>>> {
        auto left = one.fetch_branch(address, branch("main"), {});
        auto right = two.fetch_branch(address, branch("next"), {});
        auto [a, b] = co_await (std::move(left) && std::move(right));
        co_return std::pair{std::move(a), std::move(b)};
    };
    GitCli second(directory.path() / "mirrors", policy(), limits()); // as another process of the panel would
    const auto [a, b] = test::run(loop, both(client, second, url("app")), std::chrono::seconds{30});
    CHECK(a->hash == hash);
    CHECK(b->hash == other);
}

TEST_CASE_FIXTURE(Fixture, "a tree that only a forger makes is refused") {
    auto repository = make_repository("app");
    const auto blob = repository.git({"hash-object", "-w", "--stdin"}, "x");
    const auto raw = [](const std::string& hash) {
        std::string bytes;
        for (std::size_t i = 0; i < hash.size(); i += 2)
            bytes += static_cast<char>(std::stoi(hash.substr(i, 2), nullptr, 16));
        return bytes;
    };
    const auto entry = [&](const std::string& mode, const std::string& name, const std::string& hash) {
        return mode + " " + name + std::string(1, '\0') + raw(hash);
    };
    const auto make_tree = [&](const std::string& content) {
        return repository.git({"hash-object", "-t", "tree", "-w", "--literally", "--stdin"}, content);
    };
    const auto inner = make_tree(entry("100644", "config", blob));
    int number = 0;
    for (const auto& content :
         {entry("100644", ".git", blob), entry("40000", ".git", inner), entry("40000", ".GIT", inner),
          entry("100644", "..", blob), entry("40000", "..", inner), entry("100644", ".", blob),
          entry("100644", "a", blob) + entry("100644", "a", blob),
          entry("120000", "a", blob) + entry("40000", "a", inner),
          entry("120000", "a", blob) + entry("100644", "a-x", blob) + entry("40000", "a", inner),
          entry("100644", "../x", blob), entry("100644", "/x", blob)}) {
        const auto tree_hash = make_tree(content);
        CAPTURE(content);
        const auto object = fmt::format(
            "tree {}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nx\n",
            tree_hash);
        const auto commit_hash =
            repository.git({"hash-object", "-t", "commit", "-w", "--literally", "--stdin"}, object);
        const auto name = "forged" + std::to_string(++number);
        repository.git({"update-ref", "refs/heads/" + name, commit_hash});
        const auto commit = fetch(url("app"), name);
        if (!commit) continue; // git itself may refuse
        const auto entries = tree(url("app"), commit_hash);
        REQUIRE_FALSE(entries);
        CHECK(entries.error().code == Code::invalid);
    }
}

TEST_CASE_FIXTURE(Fixture, "ten thousand files are listed in order") {
    auto repository = make_repository("app");
    std::vector<test::TestFile> files;
    for (int i = 0; i < 10'000; ++i)
        files.push_back({fmt::format("d{}/e{}/file{}.txt", i % 100, i % 7, i), std::to_string(i)});
    const auto hash = repository.commit("main", "many", files);
    REQUIRE(fetch(url("app"), "main"));
    const auto entries = tree(url("app"), hash);
    REQUIRE(entries);
    CHECK(entries->size() == 10'000);
    CHECK(std::ranges::is_sorted(*entries, {}, &TreeEntry::path));
}
