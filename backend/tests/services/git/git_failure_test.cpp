#include "services/git/git_failure.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::git;

TEST_CASE("what git, curl and ssh print is told apart") {
    const auto code = [](const char* text) {
        const auto error = explain_failure(text);
        return error ? error->code : Code::internal;
    };
    CHECK(code("fatal: could not read Username for 'https://git.example.com': terminal prompts disabled") ==
          Code::forbidden);
    CHECK(code("fatal: Authentication failed for 'https://git.example.com/a.git/'") == Code::forbidden);
    CHECK(code("git@git.example.com: Permission denied (publickey).\nfatal: Could not read from remote "
               "repository.") == Code::forbidden);
    CHECK(code("fatal: repository 'https://git.example.com/a.git/' not found") == Code::not_found);
    CHECK(code("ERROR: Repository not found.\nfatal: Could not read from remote repository.") ==
          Code::not_found);
    CHECK(code("fatal: https://example.com/info/refs not valid: is this a git repository?") ==
          Code::not_found);
    CHECK(code("fatal: unable to access 'https://git.example.com/a/': Could not resolve host: "
               "git.example.com") == Code::unavailable);
    CHECK(
        code("fatal: unable to access 'https://git.example.com/a/': The requested URL returned error: 503") ==
        Code::unavailable);
    CHECK(
        code("fatal: unable to access 'https://git.example.com/a/': The requested URL returned error: 301") ==
        Code::invalid);
    CHECK(code("fatal: unable to access 'https://git.example.com/a/': SSL certificate problem: self-signed "
               "certificate") == Code::unavailable);
    CHECK(code("fatal: unable to access 'https://git.example.com/a/': Failed to connect to git.example.com "
               "port 443 after 1 ms: Connection refused") == Code::unavailable);
    CHECK(code("fatal: write error: No space left on device") == Code::unavailable);
    CHECK(code("error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: "
               "early EOF") == Code::unavailable);
    CHECK_FALSE(explain_failure("error: cannot lock ref 'refs/heads/a/b'"));
    CHECK(explain_failure("fatal: unable to access 'x': SSL certificate problem: expired")
              ->message.contains("certificate"));
}

TEST_CASE("a missing branch, a refused commit, a moved and a damaged repository are recognised") {
    CHECK(is_missing_branch("fatal: couldn't find remote ref refs/heads/x"));
    CHECK(is_refused_commit("fatal: remote error: upload-pack: not our ref 1111"));
    CHECK(is_refused_commit("error: Server does not allow request for unadvertised object 1111"));
    CHECK(is_redirected("fatal: unable to access 'x': The requested URL returned error: 302"));
    CHECK_FALSE(is_redirected("fatal: unable to access 'x': The requested URL returned error: 502"));
    CHECK(is_mirror_failure("error: object file ./objects/ab/cd is empty"));
    CHECK_FALSE(is_mirror_failure("fatal: repository 'https://git.example.com/a.git/' not found"));
}
