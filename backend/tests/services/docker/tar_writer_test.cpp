// Build contexts: what libarchive reads back, and that equal content gives equal bytes.

#include "services/docker/tar_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using panel::docker::TarWriter;

namespace {

struct Member {
    std::string path;
    std::string content; // or the target of a link
    unsigned type;
    unsigned mode;
    std::int64_t time;
};

std::vector<Member> read_back(const std::string& tar) {
    const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(reader.get());
    REQUIRE(archive_read_open_memory(reader.get(), tar.data(), tar.size()) == ARCHIVE_OK);
    std::vector<Member> members;
    archive_entry* entry = nullptr;
    int status = ARCHIVE_OK;
    while ((status = archive_read_next_header(reader.get(), &entry)) != ARCHIVE_EOF) {
        REQUIRE(status >= ARCHIVE_WARN);
        Member member{archive_entry_pathname(entry),
                      {},
                      archive_entry_filetype(entry),
                      archive_entry_perm(entry),
                      archive_entry_mtime(entry)};
        if (member.type == AE_IFLNK) member.content = archive_entry_symlink(entry);
        member.content.resize(member.content.size() + static_cast<std::size_t>(archive_entry_size(entry)));
        if (member.type == AE_IFREG) {
            REQUIRE(archive_read_data(reader.get(), member.content.data(), member.content.size()) ==
                    static_cast<la_ssize_t>(member.content.size()));
        }
        members.push_back(std::move(member));
    }
    return members;
}

std::string finished(TarWriter& writer) {
    writer.finish();
    return writer.take();
}

} // namespace

TEST_CASE("files, modes, links and parent directories come back as written") {
    TarWriter writer;
    writer.file("app/src/index.js", "export {};\n");
    writer.begin_file("app/bin/run", 6, true);
    writer.data("#!/b");
    writer.data("in");
    writer.link("app/latest", "src/index.js");
    writer.file("app/empty", "");
    const auto members = read_back(finished(writer));
    REQUIRE(members.size() == 8);
    CHECK(members[0].path == "./");
    CHECK(members[1].path == "app/");
    CHECK(members[1].type == AE_IFDIR);
    CHECK(members[1].mode == 0755);
    CHECK(members[2].path == "app/src/");
    CHECK(members[3].content == "export {};\n");
    CHECK(members[3].mode == 0644);
    CHECK(members[3].time == 946'684'800);
    CHECK(members[4].path == "app/bin/");
    CHECK(members[5].content == "#!/bin");
    CHECK(members[5].mode == 0755);
    CHECK(members[6].type == AE_IFLNK);
    CHECK(members[6].content == "src/index.js");
    CHECK(members[7].content.empty());
}

TEST_CASE("long names, names beyond ASCII and names that are no text survive") {
    std::string deep = "app";
    for (int i = 0; i < 40; ++i) deep += "/directory-" + std::to_string(i);
    const std::vector<std::string> names{deep + "/file.txt", "app/" + std::string(255, 'n'),
                                         "app/\xC3\xBC\xE6\x97\xA5.txt", "app/latin-\xFC.txt"};
    TarWriter writer;
    for (const auto& name : names) writer.file(name, name);
    writer.link("app/long-link", deep);
    const auto members = read_back(finished(writer));
    std::vector<std::string> found;
    for (const auto& member : members) {
        if (member.type == AE_IFREG) found.push_back(member.path);
        if (member.type == AE_IFREG) CHECK(member.content == member.path);
        if (member.type == AE_IFLNK) CHECK(member.content == deep);
    }
    CHECK(found == names);
}

TEST_CASE("the first 512 bytes are a whole member, whatever the first name is") {
    TarWriter writer;
    writer.file(std::string(200, 'n') + "/\xC3\xBC", "x");
    const auto tar = finished(writer);
    CHECK(tar.substr(0, 3) == std::string("./\0", 3));
    CHECK(tar[156] == '5'); // a directory, which has no content
}

TEST_CASE("equal content gives equal bytes, and the time is the caller's") {
    const auto write = [](std::chrono::sys_seconds time) {
        TarWriter writer(time);
        writer.file("a/b", "content");
        return finished(writer);
    };
    const std::chrono::sys_seconds time{std::chrono::seconds{1'750'000'000}};
    CHECK(write(time) == write(time));
    CHECK(write(time) != write(time + std::chrono::seconds{1}));
    CHECK(read_back(write(time)).back().time == 1'750'000'000);
}

TEST_CASE("what is written can be taken piece by piece") {
    TarWriter whole;
    TarWriter pieces;
    std::string taken;
    const std::string block(100'000, 'z');
    for (auto* writer : {&whole, &pieces}) writer->begin_file("big", 300'000, false);
    for (int i = 0; i < 3; ++i) {
        whole.data(block);
        pieces.data(block);
        CHECK(pieces.pending_bytes() >= block.size());
        taken += pieces.take();
        CHECK(pieces.pending_bytes() == 0);
    }
    CHECK(taken + finished(pieces) == finished(whole));
}

TEST_CASE("a file that gets more or fewer bytes than announced is an error, not a padded file") {
    TarWriter writer;
    writer.begin_file("short", 10, false);
    writer.data("12345");
    CHECK_THROWS_AS(writer.file("next", "x"), std::logic_error);
    CHECK_THROWS_AS(writer.finish(), std::logic_error);
    CHECK_THROWS_AS(writer.data("678901"), std::logic_error);
}
