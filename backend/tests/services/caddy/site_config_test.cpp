#include "services/caddy/site_config.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace panel;
using namespace panel::caddy;

namespace {

SitePaths::Values values() {
    return {"/data/caddy/slots", "/data/sites", "/data/log/sites", 8088, 0, "0123456789abcdef"};
}

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

// Input lines "name: value", a line of dashes, then the text that must come out.
struct Golden {
    std::map<std::string, std::string> input;
    std::vector<SiteDomain> domains;
    std::string expected;
};

Golden parse(const std::string& text) {
    Golden golden;
    const auto line = text.find("----------\n");
    REQUIRE(line != std::string::npos);
    std::istringstream input(text.substr(0, line));
    for (std::string entry; std::getline(input, entry);) {
        const auto colon = entry.find(": ");
        const auto name = entry.substr(0, colon);
        const auto value = entry.substr(colon + 2);
        if (name == "http" || name == "https") {
            golden.domains.push_back({*DomainName::parse(value), name == "https"});
        } else {
            golden.input[name] = value;
        }
    }
    golden.expected = text.substr(line + 11);
    return golden;
}

std::uint16_t port(const std::string& text) { return static_cast<std::uint16_t>(std::stoi(text)); }

} // namespace

TEST_CASE("sites are rendered as the golden files say") {
    int count = 0;
    for (const auto& file : std::filesystem::directory_iterator(PANEL_TESTS_DIR "/services/caddy/golden")) {
        CAPTURE(file.path().filename().string());
        auto golden = parse(read(file.path()));
        Site site{std::stoll(golden.input.at("project")), golden.domains, port(golden.input.at("blue")),
                  port(golden.input.at("green"))};
        auto paths = values();
        paths.app_port = port(golden.input.at("app port"));
        paths.probe_port = port(golden.input.at("probe port"));
        CHECK(render_site(site, *SitePaths::make(paths)) == golden.expected);
        ++count;
    }
    CHECK(count == 2);
}

TEST_CASE("paths and tokens that Caddy would not take literally are refused") {
    CHECK(SitePaths::make(values()));
    for (const auto* path : {"relative", "/a{b}", "/a\"b", "/a`b", "/a\\b", "/a\nb", "/a*", "/a?", "/a[b]",
                             "/{env.HOME}", "/{$HOME}", "", "/a#b", "/a;b"}) {
        CAPTURE(path);
        auto one = values();
        one.slots_directory = path;
        CHECK(SitePaths::make(one).error().code == Code::invalid);
        auto two = values();
        two.static_directory = path;
        CHECK_FALSE(SitePaths::make(two));
        auto three = values();
        three.log_directory = path;
        CHECK_FALSE(SitePaths::make(three));
    }
    for (const auto* token : {"", "short", "0123456789abcdeg", "0123456789abcde\n", "{env.HOME}0123456"}) {
        auto bad = values();
        bad.probe_token = token;
        CHECK_FALSE(SitePaths::make(bad));
    }
    auto same = values();
    same.probe_port = same.app_port;
    CHECK_FALSE(SitePaths::make(same));
}

TEST_CASE("a rendered site holds as many blocks as are written there, whatever the values") {
    const auto count = [](const std::string& text, char c) {
        return std::count(text.begin(), text.end(), c);
    };
    const auto paths = *SitePaths::make(values());
    const Site plain{1, {{*DomainName::parse("a.localhost"), false}}, 1, 2};
    const Site longest{
        INT64_MAX,
        {{*DomainName::parse("xn--bcher-kva.example"), true}, {*DomainName::parse("b-1.example.com"), false}},
        65535,
        65534};
    CHECK(count(render_site(plain, paths), '{') == count(render_site(longest, paths), '{'));
    CHECK(count(render_site(plain, paths), '}') == count(render_site(longest, paths), '}'));
    CHECK_FALSE(render_site(longest, paths).contains('$' + std::string("ID")));
}
