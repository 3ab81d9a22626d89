#include "services/webhook/signature.hpp"

#include "crypto/encoding.hpp"
#include "crypto/hmac.hpp"

#include <doctest/doctest.h>

using namespace panel;
using namespace panel::webhook;
using namespace std::chrono_literals;

namespace {

const std::string secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const std::string body = R"({"ref":"refs/heads/main"})";
const std::string hex = crypto::hex_encode(crypto::hmac_sha256(secret, body));
const ManualClock manual;

bool accepts(Provider provider, const std::string& name, const std::string& value,
             const std::string& of = body) {
    return is_signed(provider, {{{name, value}}, of}, secret, manual.now());
}

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

Delivery standard(std::chrono::seconds age, const std::string& key, const std::string& id = "msg_1") {
    const auto time = std::to_string(to_milliseconds(manual.now()) / 1000 - age.count());
    const auto signature =
        "v1," + crypto::base64_encode(crypto::hmac_sha256(key, id + "." + time + "." + body));
    return {{{"webhook-id", id}, {"webhook-timestamp", time}, {"webhook-signature", signature}}, body};
}
bool accepts(const Delivery& delivery) { return is_signed(Provider::gitlab, delivery, secret, manual.now()); }

} // namespace

TEST_CASE("the example of GitHub's documentation is accepted") {
    const Delivery delivery{
        {{"x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}},
        "Hello, World!"};
    CHECK(is_signed(Provider::github, delivery, "It's a Secret to Everybody", manual.now()));
}

TEST_CASE("the three hash signatures are accepted as their provider writes them, and in no other form") {
    struct Form {
        Provider provider;
        std::string header;
        std::string prefix;
    };
    for (const auto& form : {Form{Provider::github, "x-hub-signature-256", "sha256="},
                             Form{Provider::bitbucket, "x-hub-signature", "sha256="},
                             Form{Provider::gitea, "x-gitea-signature", ""}}) {
        CAPTURE(form.header);
        const auto accepted = [&](const std::string& value) {
            return accepts(form.provider, form.header, value);
        };
        CHECK(accepted(form.prefix + hex));
        CHECK_FALSE(accepts(form.provider, form.header, form.prefix + hex, body + " "));
        CHECK_FALSE(accepted(""));
        CHECK_FALSE(accepted(form.prefix + upper(hex)));
        CHECK_FALSE(accepted(form.prefix + hex.substr(0, 63)));
        CHECK_FALSE(accepted(form.prefix + hex + "0"));
        CHECK_FALSE(accepted("sha1=" + hex.substr(0, 40)));
        CHECK_FALSE(accepted("sha256="));
        CHECK_FALSE(accepted((form.prefix.empty() ? "sha256=" : "") + hex));
        CHECK_FALSE(accepted(form.prefix + crypto::hex_encode(crypto::hmac_sha256("", body))));
        CHECK_FALSE(accepted(
            form.prefix + crypto::hex_encode(crypto::hmac_sha256(secret, R"({"ref": "refs/heads/main"})"))));
        CHECK_FALSE(is_signed(
            form.provider,
            {{{form.header, form.prefix + crypto::hex_encode(crypto::hmac_sha256("", body))}}, body}, "",
            manual.now()));
    }
}

TEST_CASE("a signature counts at the endpoint of its provider only") {
    CHECK_FALSE(accepts(Provider::gitea, "x-hub-signature-256", "sha256=" + hex));
    CHECK_FALSE(accepts(Provider::github, "x-hub-signature", "sha256=" + hex));
    CHECK_FALSE(accepts(Provider::github, "x-gitea-signature", hex));
    CHECK_FALSE(accepts(Provider::bitbucket, "x-gitlab-token", secret));
    const Delivery gitea{
        {{"x-gitea-signature", hex}, {"x-hub-signature-256", "sha256=0"}, {"x-github-event", "push"}},
        body}; // as Gitea sends it
    CHECK(is_signed(Provider::gitea, gitea, secret, manual.now()));
}

TEST_CASE("GitLab's token is the secret itself") {
    CHECK(accepts(Provider::gitlab, "x-gitlab-token", secret));
    CHECK_FALSE(accepts(Provider::gitlab, "x-gitlab-token", secret.substr(1)));
    CHECK_FALSE(accepts(Provider::gitlab, "x-gitlab-token", secret + " "));
    CHECK_FALSE(accepts(Provider::gitlab, "x-gitlab-token", ""));
}

TEST_CASE("GitLab's signing token follows Standard Webhooks, with five minutes of tolerance") {
    CHECK(accepts(standard(0s, secret)));
    CHECK(accepts(standard(0s, *crypto::base64_decode(secret))));
    CHECK(accepts(standard(5min, secret)));
    CHECK(accepts(standard(-5min, secret)));
    CHECK_FALSE(accepts(standard(6min, secret)));
    CHECK_FALSE(accepts(standard(-6min, secret)));
    CHECK_FALSE(accepts(standard(0s, "other")));
    auto changed = standard(0s, secret);
    changed.headers["webhook-id"] = "msg_2";
    CHECK_FALSE(accepts(changed));
    for (const auto* time : {"", "x", "-1", "99999999999999999999", "1e9"}) {
        auto wrong = standard(0s, secret);
        wrong.headers["webhook-timestamp"] = time;
        CHECK_FALSE(accepts(wrong));
    }
    auto unnamed = standard(0s, secret, "");
    CHECK_FALSE(accepts(unnamed));
}

TEST_CASE("of several signatures one right one is enough, for a change of secrets") {
    auto delivery = standard(0s, secret);
    const auto right = delivery.headers["webhook-signature"];
    delivery.headers["webhook-signature"] = "v1,b3RoZXI= v2,x " + right;
    CHECK(accepts(delivery));
    delivery.headers["webhook-signature"] = "v1,b3RoZXI= v2," + right.substr(3);
    CHECK_FALSE(accepts(delivery));
    delivery.headers["webhook-signature"] = right.substr(3);
    CHECK_FALSE(accepts(delivery));
}

TEST_CASE("a wrong signing signature is not saved by a right token") {
    auto delivery = standard(6min, secret);
    delivery.headers["x-gitlab-token"] = secret;
    CHECK_FALSE(accepts(delivery));
}
