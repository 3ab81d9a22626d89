#include "database/log_repo.hpp"

#include "support/temp_database.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace panel;
using namespace panel::database;

namespace {

struct Setting {
    test::TempDatabase temp;
    std::int64_t id = temp.add_deployment(temp.add_project(temp.add_user("a@example.com"), "one"));

    void append(const std::string& bytes) {
        temp.write([&](soci::session& session) { append_log(session, id, log_length(session, id), bytes); });
    }
    LogSlice read(std::int64_t offset, std::int64_t limit = 1 << 20) {
        return temp.read([&](soci::session& session) { return read_log(session, id, offset, limit); });
    }
    int chunks() {
        return temp.read([](soci::session& session) {
            int count = 0;
            session << "SELECT COUNT(*) FROM log_chunks", soci::into(count);
            return count;
        });
    }
};

} // namespace

TEST_CASE("a log reads back from any offset, in pieces of any size, without loss") {
    Setting setting;
    std::string whole;
    for (int i = 0; i < 3000; ++i) {
        const auto line =
            "line " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '.') + "\n";
        if (i % 7 == 0)
            setting.append(line); // many small appends
        else if (i % 7 == 6)
            setting.append(line + std::string(20'000, 'x') + "\n");
        else
            continue;
        whole += i % 7 == 0 ? line : line + std::string(20'000, 'x') + "\n";
    }
    CHECK(setting.read(0, static_cast<std::int64_t>(whole.size())).bytes == whole);
    for (const std::int64_t limit : {1'000, 16'384, 100'000}) {
        std::string read;
        while (true) {
            const auto slice = setting.read(static_cast<std::int64_t>(read.size()), limit);
            CHECK(slice.offset == static_cast<std::int64_t>(read.size()));
            CHECK(slice.total == static_cast<std::int64_t>(whole.size()));
            CHECK(slice.next_offset == slice.offset + static_cast<std::int64_t>(slice.bytes.size()));
            if (slice.bytes.empty()) break;
            read += slice.bytes;
        }
        REQUIRE(read.size() == whole.size());
        CHECK(read == whole);
    }
    for (const std::int64_t offset : {1, 999, 16'384, 16'385, 50'000}) {
        CHECK(setting.read(offset, 100).bytes == whole.substr(static_cast<std::size_t>(offset), 100));
    }
}

TEST_CASE("small appends share a row") {
    Setting setting;
    for (int i = 0; i < 1000; ++i) setting.append("0123456789\n");
    CHECK(setting.chunks() == 1);
    setting.append(std::string(10'000, 'x'));
    CHECK(setting.chunks() == 2);
    CHECK(setting.read(0).bytes.size() == 21'000);
}

TEST_CASE("a slice never cuts a character, and an offset inside one moves to the next") {
    Setting setting;
    setting.append("a\xf0\x9f\x98\x80"
                   "b\xc3\xa9");
    CHECK(setting.read(0, 4).bytes == "a");
    CHECK(setting.read(0, 5).bytes == "a\xf0\x9f\x98\x80");
    CHECK(setting.read(0, 7).bytes == "a\xf0\x9f\x98\x80"
                                      "b");
    const auto inside = setting.read(2);
    CHECK(inside.offset == 5);
    CHECK(inside.bytes == "b\xc3\xa9");
    CHECK(setting.read(1, 1).bytes == "\xf0\x9f\x98\x80"); // always gets on
}

TEST_CASE("an offset past the end or before the start gives what is there") {
    Setting setting;
    setting.append("abc");
    const auto past = setting.read(100);
    CHECK(past.bytes.empty());
    CHECK(past.offset == 3);
    CHECK(past.next_offset == 3);
    CHECK(setting.read(-5).bytes == "abc");
    CHECK(setting.read(3).bytes.empty());
    CHECK(setting.temp.read([](soci::session& session) { return read_log(session, 999, 0, 100).total; }) ==
          0);
}

TEST_CASE("an append anywhere but at the end is an error and changes nothing") {
    Setting setting;
    setting.append("abc");
    for (const std::int64_t offset : {0, 2, 4}) {
        const auto write = [&] {
            setting.temp.write([&](soci::session& session) { append_log(session, setting.id, offset, "x"); });
        };
        CHECK_THROWS_AS(write(), std::logic_error);
    }
    CHECK(setting.read(0).bytes == "abc");
}
