#include "net/process.hpp"
#include "services/queue/world.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace panel;
using namespace panel::queue;
using namespace panel::test;

namespace {

// A certificate for localhost that signs itself.
struct Certificate {
    Certificate() {
        net::ProcessSpec spec;
        spec.argv = {"openssl",
                     "req",
                     "-x509",
                     "-newkey",
                     "ec",
                     "-pkeyopt",
                     "ec_paramgen_curve:prime256v1",
                     "-nodes",
                     "-days",
                     "2",
                     "-subj",
                     "/CN=localhost",
                     "-addext",
                     "subjectAltName=DNS:localhost",
                     "-keyout",
                     key(),
                     "-out",
                     certificate()};
        const auto exit = test::run(net::run_process(std::move(spec)), std::chrono::seconds{20});
        REQUIRE(exit);
        REQUIRE_MESSAGE(exit->exit_code == 0, exit->standard_error);
    }
    std::string key() const { return (directory.path() / "key.pem").string(); }
    std::string certificate() const { return (directory.path() / "certificate.pem").string(); }
    TempDirectory directory;
};

Result<std::string> push_to(const std::string& url) {
    boost::asio::io_context loop(1);
    const SystemClock clock;
    RedisQueue queue(loop.get_executor(), *redis::parse_target(url), clock);
    auto id = test::run(loop, queue.push(job()));
    test::run(loop, queue.stop(std::chrono::seconds{1}));
    return id;
}

} // namespace

TEST_CASE("rediss:// works with a certificate that is trusted and the host's, and with no other") {
    Certificate certificate;
    const auto port = free_port();
    RedisServer server({"--tls-port", std::to_string(port), "--tls-cert-file", certificate.certificate(),
                        "--tls-key-file", certificate.key(), "--tls-auth-clients", "no"});
    const auto at = [&](const std::string& host) { return "rediss://" + host + ":" + std::to_string(port); };
    CHECK_FALSE(push_to(at("localhost"))); // nobody we trust signed it
    ::setenv("SSL_CERT_FILE", certificate.certificate().c_str(), 1);
    const auto trusted = push_to(at("localhost"));
    CHECK_MESSAGE(trusted, trusted.error().message);
    CHECK_FALSE(push_to(at("127.0.0.1"))); // it is another name's
    ::unsetenv("SSL_CERT_FILE");
    CHECK(server.probe().one({"LLEN", "asynq:{default}:pending"}) == "1");
}
