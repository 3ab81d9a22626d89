#include "api/response_cache.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace panel::api;

namespace {

std::shared_ptr<const StoredAnswer> answer(const std::string& body) {
    return std::make_shared<const StoredAnswer>(StoredAnswer::of("application/json", {}, body));
}

} // namespace

TEST_CASE("an answer is kept for the version that it was made at, and no longer") {
    ResponseCache cache(1 << 20);
    cache.put("1u/projects?", 7, answer("[]"));
    REQUIRE(cache.find("1u/projects?", 7));
    CHECK(cache.find("1u/projects?", 7)->body == "[]");
    CHECK(!cache.find("2u/projects?", 7));
    CHECK(!cache.find("1u/projects?", 8));
    CHECK(!cache.find("1u/projects?", 7)); // gone for good
    CHECK(cache.size_bytes() == 0);
}

TEST_CASE("the least recently used answers go when there is no room") {
    ResponseCache cache(10'000);
    const std::string body(3'000, 'x');
    cache.put("a", 1, answer(body));
    cache.put("b", 1, answer(body));
    CHECK(cache.find("a", 1));
    cache.put("c", 1, answer(body));
    CHECK(cache.find("a", 1));
    CHECK(!cache.find("b", 1));
    CHECK(cache.find("c", 1));
    CHECK(cache.size_bytes() <= 10'000);
    cache.put("huge", 1, answer(std::string(20'000, 'x')));
    CHECK(cache.size_bytes() <= 10'000);
}

TEST_CASE("putting twice replaces") {
    ResponseCache cache(1 << 20);
    cache.put("a", 1, answer("old"));
    cache.put("a", 2, answer("new"));
    CHECK(!cache.find("a", 1));
    cache.put("a", 2, answer("new"));
    CHECK(cache.find("a", 2)->body == "new");
}

TEST_CASE("equal bodies have equal tags, others do not") {
    CHECK(answer("[1]")->tag() == answer("[1]")->tag());
    CHECK(answer("[1]")->tag() != answer("[2]")->tag());
    CHECK(answer("")->tag().starts_with('"'));
}
