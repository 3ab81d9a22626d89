// Output directories from strangers' builds: what is honest arrives, what is hostile is refused as a whole
// and reaches nothing outside.

#include "services/docker/archive_extractor.hpp"

#include "services/docker/file_descriptor.hpp"
#include "services/docker/hostile_archive.hpp"
#include "support/temp_directory.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace panel;
using docker::ExtractionLimits;
using test::HostileArchive;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

// "outside" stands for the rest of the server: a file that must not change beside the directory that is
// written to.
struct Place {
    test::TempDirectory directory;
    fs::path destination = directory.path() / "site";
    fs::path outside = directory.path() / "outside.txt";

    Place() {
        fs::create_directory(destination);
        std::ofstream(outside) << "untouched";
    }

    Result<void> extract(const std::string& tar, ExtractionLimits limits = {.bytes = 1'000'000}) const {
        const auto name = directory.path() / "spool.tar";
        std::ofstream(name, std::ios::binary) << tar;
        const docker::FileDescriptor file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
        auto result = docker::extract_archive(file.get(), destination.string(), limits);
        fs::remove(name);
        return result;
    }

    void check_refused(const std::string& tar, Code code,
                       ExtractionLimits limits = {.bytes = 1'000'000}) const {
        const auto result = extract(tar, limits);
        REQUIRE_FALSE(result);
        CHECK(result.error().code == code);
        CHECK(fs::is_empty(destination));
        CHECK(read(outside) == "untouched");
        CHECK(std::distance(fs::directory_iterator(directory.path()), {}) == 2);
    }
};

} // namespace

TEST_CASE("a directory arrives without its own name, with plain modes and fresh times") {
    const Place place;
    HostileArchive tar;
    tar.directory("dist/").file("dist/index.html", "<h1>", 04777).directory("dist/assets/");
    tar.file("dist/assets/a.js", "js").file("dist/deep/er/x", "").link("dist/latest", "assets/a.js");
    tar.link("dist/deep/up", "../assets")
        .hard_link("dist/copy.js", "dist/assets/a.js")
        .link("dist/later", "not/yet");
    REQUIRE(place.extract(tar.bytes()));
    CHECK(read(place.destination / "index.html") == "<h1>");
    CHECK(read(place.destination / "latest") == "js");
    CHECK(read(place.destination / "deep/up/a.js") == "js");
    CHECK(read(place.destination / "copy.js") == "js");
    CHECK(read(place.destination / "deep/er/x").empty());
    struct stat found{};
    REQUIRE(::stat((place.destination / "index.html").c_str(), &found) == 0);
    CHECK((found.st_mode & 07777) == 0644);
    CHECK(found.st_mtime > 1'700'000'000);
    REQUIRE(::stat((place.destination / "assets").c_str(), &found) == 0);
    CHECK((found.st_mode & 07777) == 0755);
}

TEST_CASE("a umask of the process does not hide the site from the web server") {
    const Place place;
    const auto before = ::umask(0077);
    const auto result = place.extract(HostileArchive().file("dist/a/b.txt", "x").bytes());
    ::umask(before);
    REQUIRE(result);
    struct stat found{};
    REQUIRE(::stat((place.destination / "a").c_str(), &found) == 0);
    CHECK((found.st_mode & 07777) == 0755);
    REQUIRE(::stat((place.destination / "a/b.txt").c_str(), &found) == 0);
    CHECK((found.st_mode & 07777) == 0644);
}

TEST_CASE("names that lead out are refused") {
    const Place place;
    for (const std::string name :
         {"dist/../../outside.txt", "../outside.txt", "dist/a/../../../outside.txt", "..", "dist/.."}) {
        CAPTURE(name);
        place.check_refused(HostileArchive().file("dist/ok", "x").file(name, "changed").bytes(),
                            Code::invalid);
    }
    // An absolute name is one below the destination at most.
    const auto outside = place.outside.string();
    static_cast<void>(place.extract(HostileArchive().file(outside, "changed").bytes()));
    CHECK(read(place.outside) == "untouched");
}

TEST_CASE("links that lead out are refused, directly, by way of others, in a circle or absolute") {
    const Place place;
    const auto refused = [&](HostileArchive& tar) { place.check_refused(tar.bytes(), Code::invalid); };
    HostileArchive direct;
    refused(direct.link("dist/a", "../outside.txt"));
    HostileArchive absolute;
    refused(absolute.link("dist/a", place.outside.string()));
    HostileArchive root;
    refused(root.link("dist/a", "/"));
    HostileArchive deep;
    refused(deep.link("dist/x/y/a", "../../../outside.txt"));
    // s is the root of the site, so that x/y/s/.. is above it although the text stays inside
    HostileArchive through;
    refused(through.link("dist/x/y/s", "../..").link("dist/x/a", "y/s/../outside.txt"));
    HostileArchive before; // the same, the other way round
    refused(before.link("dist/x/a", "y/s/../outside.txt").link("dist/x/y/s", "../.."));
    HostileArchive circle;
    refused(circle.link("dist/a", "b").link("dist/b", "a"));
}

TEST_CASE("nothing is written through a link of the archive") {
    const Place place;
    HostileArchive file;
    place.check_refused(file.link("dist/a", "..").file("dist/a/outside.txt", "changed").bytes(),
                        Code::invalid);
    HostileArchive directory;
    place.check_refused(directory.link("dist/a", "..").directory("dist/a/new").bytes(), Code::invalid);
    HostileArchive over;
    place.check_refused(over.link("dist/a", "../outside.txt").file("dist/a", "changed").bytes(),
                        Code::invalid);
    HostileArchive inside; // harmless, but no engine sends it
    place.check_refused(inside.directory("dist/b").link("dist/a", "b").file("dist/a/x", "").bytes(),
                        Code::invalid);
}

TEST_CASE("hard links lead to files of the archive only") {
    const Place place;
    const auto refused = [&](HostileArchive& tar) { place.check_refused(tar.bytes(), Code::invalid); };
    HostileArchive out;
    refused(out.hard_link("dist/a", "../outside.txt"));
    HostileArchive absolute;
    refused(absolute.hard_link("dist/a", place.outside.string()));
    HostileArchive missing;
    refused(missing.hard_link("dist/a", "dist/not-there"));
    HostileArchive to_link;
    refused(to_link.link("dist/s", "../outside.txt").hard_link("dist/a", "dist/s"));
    HostileArchive through;
    refused(through.link("dist/s", "..").hard_link("dist/a", "dist/s/outside.txt"));
}

TEST_CASE("devices and pipes are refused") {
    const Place place;
    for (const unsigned type : {AE_IFCHR, AE_IFBLK, AE_IFIFO}) {
        HostileArchive tar;
        place.check_refused(tar.special("dist/device", type).bytes(), Code::invalid);
    }
}

TEST_CASE("a name that comes twice is refused") {
    const Place place;
    HostileArchive twice;
    place.check_refused(twice.file("dist/a", "one").file("dist/a", "two").bytes(), Code::invalid);
    HostileArchive below;
    place.check_refused(below.file("dist/a", "one").file("dist/a/b", "two").bytes(), Code::invalid);
}

TEST_CASE("bytes, entries, depth and length of names are limited") {
    const Place place;
    HostileArchive big;
    place.check_refused(
        big.file("dist/a", std::string(600, 'x')).file("dist/b", std::string(600, 'x')).bytes(),
        Code::too_large, {.bytes = 1000});
    HostileArchive many;
    for (int i = 0; i < 50; ++i) many.file("dist/" + std::to_string(i), "");
    place.check_refused(many.bytes(), Code::too_large, {.bytes = 1000, .entries = 40});
    std::string path = "dist";
    for (int i = 0; i < 100; ++i) path += "/d";
    place.check_refused(HostileArchive().file(path, "").bytes(), Code::invalid);
    place.check_refused(HostileArchive().file("dist/" + std::string(300, 'n'), "").bytes(), Code::invalid);
}

TEST_CASE("a long name that fits is taken") {
    const Place place;
    std::string path = "dist";
    for (int i = 0; i < 20; ++i) path += "/" + std::string(100, static_cast<char>('a' + i));
    REQUIRE(place.extract(HostileArchive().file(path + "/\xC3\xBC.txt", "deep").bytes()));
    CHECK(read(place.destination.string() + path.substr(4) + "/\xC3\xBC.txt") == "deep");
}

TEST_CASE("a tar that is cut off, or is none, leaves nothing") {
    const Place place;
    const auto whole =
        HostileArchive().file("dist/a", "first").file("dist/b", std::string(5000, 'x')).bytes();
    place.check_refused(whole.substr(0, 3000), Code::unavailable);
    place.check_refused("", Code::unavailable);
    place.check_refused(std::string(2048, 'q'), Code::unavailable);
    // a gzip header: compressed archives are not inflated
    place.check_refused("\x1F\x8B\x08" + std::string(2048, '\0'), Code::unavailable);
}

TEST_CASE("an output path that is a file is told as such") {
    const Place place;
    place.check_refused(HostileArchive().file("index.html", "x").bytes(), Code::invalid);
}
