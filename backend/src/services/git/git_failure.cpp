#include "services/git/git_failure.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace panel::git {
namespace {

struct Explanation {
    std::string_view part; // of git's, curl's or ssh's own words, in English (LC_ALL=C)
    Code code;
    std::string_view sentence;
};

constexpr std::string_view is_private = "The repository is private or does not exist: its server asks for a "
                                        "password or key that the panel does not have.";
constexpr std::string_view is_unknown = "There is no git repository at this address.";
constexpr std::string_view is_cut = "The connection to the git server broke off; try again.";
constexpr std::string_view is_untrusted = "The certificate of the git server is not valid.";
constexpr std::string_view is_moved =
    "The git server redirects to another address; use the repository's own address.";

// The first that matches counts: the more exact ones come first.
constexpr auto explanations = std::to_array<Explanation>({
    {"No space left on device", Code::unavailable, "The disk of the server is full."},
    {"could not read Username", Code::forbidden, is_private},
    {"could not read Password", Code::forbidden, is_private},
    {"Authentication failed", Code::forbidden, is_private},
    {"Access denied", Code::forbidden, is_private},
    {"Permission denied (", Code::forbidden, is_private},
    {"returned error: 401", Code::forbidden, is_private},
    {"returned error: 403", Code::forbidden, "The git server refuses access to this repository."},
    {"Host key verification failed", Code::unavailable,
     "The git server shows another key than the one first seen; the administrator must check it."},
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", Code::unavailable,
     "The git server shows another key than the one first seen; the administrator must check it."},
    {"Repository not found", Code::not_found, is_unknown},
    {"does not appear to be a git repository", Code::not_found, is_unknown},
    {"returned error: 404", Code::not_found, is_unknown},
    {"returned error: 410", Code::not_found, is_unknown},
    {"' not found", Code::not_found, is_unknown}, // fatal: repository 'https://...' not found
    {"is this a git repository?", Code::not_found, is_unknown},
    {"returned error: 301", Code::invalid, is_moved},
    {"returned error: 302", Code::invalid, is_moved},
    {"returned error: 303", Code::invalid, is_moved},
    {"returned error: 307", Code::invalid, is_moved},
    {"returned error: 308", Code::invalid, is_moved},
    {"unable to update url base from redirection", Code::invalid, is_moved},
    {"returned error: 429", Code::unavailable,
     "The git server asks to be left alone for a while; try again later."},
    {"returned error: 5", Code::unavailable, "The git server has a fault of its own; try again later."},
    {"Could not resolve host", Code::unavailable, "The host of the git server cannot be found."},
    {"Could not resolve hostname", Code::unavailable, "The host of the git server cannot be found."},
    {"Connection refused", Code::unavailable, "The git server does not accept connections."},
    {"Failed to connect", Code::unavailable, "The git server does not accept connections."},
    {"Couldn't connect to server", Code::unavailable, "The git server does not accept connections."},
    {"No route to host", Code::unavailable, "The git server cannot be reached."},
    {"Network is unreachable", Code::unavailable, "The git server cannot be reached."},
    {"timed out", Code::unavailable, "The git server does not answer."},
    {"Operation too slow", Code::unavailable, "The git server sends too slowly."},
    {"SSL certificate problem", Code::unavailable, is_untrusted},
    {"certificate verification failed", Code::unavailable, is_untrusted},
    {"certificate subject name", Code::unavailable, is_untrusted},
    {"gnutls_handshake() failed", Code::unavailable, is_untrusted},
    {"SSL: no alternative certificate", Code::unavailable, is_untrusted},
    {"mismatched algorithms", Code::invalid,
     "The repository uses SHA-256 object names, which are not supported."},
    {"transport '", Code::invalid, "Addresses of this kind are not accepted."},
    {"early EOF", Code::unavailable, is_cut},
    {"RPC failed", Code::unavailable, is_cut},
    {"hung up unexpectedly", Code::unavailable, is_cut},
    {"unexpected disconnect", Code::unavailable, is_cut},
    {"Empty reply from server", Code::unavailable, is_cut},
    {"Recv failure", Code::unavailable, is_cut},
    {"transfer closed", Code::unavailable, is_cut},
    {"Connection reset", Code::unavailable, is_cut},
    {"Connection closed by", Code::unavailable, is_cut},
    {"invalid index-pack output", Code::unavailable, is_cut},
    {"unable to access", Code::unavailable, "The git server cannot be reached."},
    {"Could not read from remote repository", Code::unavailable, "The git server cannot be reached."},
});

} // namespace

std::optional<Error> explain_failure(std::string_view standard_error) {
    const auto found = std::ranges::find_if(
        explanations, [=](const Explanation& e) { return standard_error.contains(e.part); });
    if (found == explanations.end()) return std::nullopt;
    return Error{found->code, std::string(found->sentence), {}};
}

bool is_missing_branch(std::string_view standard_error) {
    return standard_error.contains("couldn't find remote ref");
}

bool is_refused_commit(std::string_view standard_error) {
    return standard_error.contains("not our ref") || standard_error.contains("unadvertised object") ||
           is_missing_branch(standard_error) || standard_error.contains("no such remote ref");
}

bool is_mirror_failure(std::string_view standard_error) {
    constexpr std::array<std::string_view, 8> signs = {
        "not a git repository: '",    "bad object",           "object file",   "is corrupt",
        "did not send all necessary", "inflate: data stream", "bad signature", "packfile "};
    return std::ranges::any_of(signs, [=](std::string_view sign) { return standard_error.contains(sign); });
}

bool is_redirected(std::string_view standard_error) {
    const auto error = explain_failure(standard_error);
    return error && error->message == is_moved;
}

} // namespace panel::git
