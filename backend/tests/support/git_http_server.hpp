#pragma once
// A git server for tests: serves the bare repositories below a directory over HTTP on loopback, by `git
// http-backend` behind the panel's own HTTP server, on the test's loop. Can be told to misbehave, and counts
// what it was asked.

#include "base/deadline.hpp"
#include "net/http_server.hpp"
#include "net/process.hpp"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <string>

namespace panel::test {

class GitHttpServer {
  public:
    enum class Mood {
        honest,
        asks_for_password,   // 401
        redirects,           // 302 to another host
        redirects_to_suffix, // 301 to the same path with ".git", for paths without
        fails,               // 503
        cuts_packs,          // ends in the middle of a pack
        hangs_at_packs       // never answers the request for a pack
    };

    GitHttpServer(boost::asio::io_context& loop, std::filesystem::path directory)
        : directory_(std::move(directory)), server_(loop.get_executor(), {}, [this](net::Request request) {
              return answer(std::move(request));
          }) {
        if (!server_.listen("127.0.0.1", 0)) throw std::runtime_error("no free port");
    }

    [[nodiscard]] std::string host() const { return fmt::format("127.0.0.1:{}", server_.port()); }
    [[nodiscard]] std::string address(const std::string& repository) const {
        return fmt::format("http://{}/{}", host(), repository);
    }

    Mood mood = Mood::honest;
    bool gives_commits_by_hash = true; // false: only with git's old protocol, as old servers do
    int requests = 0;
    std::size_t sent_bytes = 0;

    // Await it before the loop goes.
    boost::asio::awaitable<void> stop() { co_await server_.stop(std::chrono::milliseconds{0}); }

  private:
    static net::Response reply(int status, std::string text) {
        net::Response response;
        response.status = status;
        response.headers.set("Content-Type", "text/plain");
        response.body = std::move(text);
        return response;
    }

    boost::asio::awaitable<net::Response> answer(net::Request request) {
        ++requests;
        const bool is_pack = request.method == "POST" && request.body.find("want ") != std::string::npos;
        if (mood == Mood::asks_for_password) {
            auto response = reply(401, "");
            response.headers.set("WWW-Authenticate", "Basic realm=\"git\"");
            co_return response;
        }
        if (mood == Mood::fails) co_return reply(503, "");
        const bool lacks_suffix = request.path.find(".git/") == std::string::npos;
        if (mood == Mood::redirects || (mood == Mood::redirects_to_suffix && lacks_suffix)) {
            auto path = request.path;
            if (lacks_suffix) path.insert(path.find("/info/refs"), ".git");
            auto response = reply(302, "");
            response.headers.set("Location", mood == Mood::redirects
                                                 ? "http://127.0.0.1:1/secret/info/refs?" + request.query
                                                 : path + "?" + request.query);
            co_return response;
        }
        if (mood == Mood::hangs_at_packs && is_pack) co_await sleep_for(std::chrono::minutes{5});
        auto response = co_await run_backend(std::move(request));
        if (mood == Mood::cuts_packs && is_pack) response.body.resize(response.body.size() / 2);
        sent_bytes += response.body.size();
        co_return response;
    }

    // CGI/1.1, RFC 3875
    boost::asio::awaitable<net::Response> run_backend(net::Request request) {
        net::ProcessSpec spec;
        spec.argv = {"/usr/lib/git-core/git-http-backend"};
        spec.environment = {{"PATH", "/usr/bin:/bin"},
                            {"HOME", "/nonexistent"},
                            {"GIT_CONFIG_NOSYSTEM", "1"},
                            {"GIT_PROJECT_ROOT", directory_.native()},
                            {"GIT_HTTP_EXPORT_ALL", "1"},
                            {"GATEWAY_INTERFACE", "CGI/1.1"},
                            {"REQUEST_METHOD", request.method},
                            {"PATH_INFO", request.path},
                            {"QUERY_STRING", request.query},
                            {"CONTENT_TYPE", std::string(request.headers.get("Content-Type"))},
                            {"CONTENT_LENGTH", std::to_string(request.body.size())},
                            {"HTTP_CONTENT_ENCODING", std::string(request.headers.get("Content-Encoding"))},
                            {"REMOTE_ADDR", "127.0.0.1"},
                            {"GIT_CONFIG_COUNT", "1"},
                            {"GIT_CONFIG_KEY_0", "safe.directory"},
                            {"GIT_CONFIG_VALUE_0", "*"}};
        if (gives_commits_by_hash)
            spec.environment.emplace_back("GIT_PROTOCOL", std::string(request.headers.get("Git-Protocol")));
        spec.input = request.body;
        auto exit = co_await net::run_process(std::move(spec));
        if (!exit) co_return reply(500, exit.error().message);
        co_return parse_cgi(exit->standard_output);
    }

    static net::Response parse_cgi(const std::string& output) {
        net::Response response;
        const auto end = output.find("\r\n\r\n");
        if (end == std::string::npos) return reply(500, output);
        for (std::size_t start = 0; start < end;) {
            const auto line_end = output.find("\r\n", start);
            const auto line = output.substr(start, line_end - start);
            const auto colon = line.find(": ");
            if (line.starts_with("Status: ")) {
                response.status = std::stoi(line.substr(8));
            } else {
                response.headers.set(line.substr(0, colon), line.substr(colon + 2));
            }
            start = line_end + 2;
        }
        response.body = output.substr(end + 4);
        return response;
    }

    std::filesystem::path directory_;
    net::HttpServer server_;
};

} // namespace panel::test
