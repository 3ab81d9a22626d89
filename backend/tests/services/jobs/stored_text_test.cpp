#include "services/jobs/stored_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace panel;

TEST_CASE("text stays readable, and any bytes come back") {
    CHECK(jobs::text_of(std::string(R"({"id":1})")) == R"({"id":1})");
    const std::vector<std::string> all{
        "", "ä", "\xff", std::string("a\0b", 3), "base64:AA==", "\xef\xbf\xbd"};
    for (const auto& bytes : all) {
        CAPTURE(bytes);
        CHECK(jobs::bytes_of(jobs::text_of(bytes)) == bytes);
    }
    CHECK(jobs::headers_of(jobs::text_of(std::map<std::string, std::string>{})).empty());
}
