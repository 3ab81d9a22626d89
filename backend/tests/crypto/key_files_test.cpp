#include "crypto/key_files.hpp"

#include "crypto/encoding.hpp"
#include "support/temp_directory.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <stdexcept>

using panel::crypto::KeyFiles;
using panel::test::TempDirectory;

namespace {

struct Setting {
    TempDirectory directory;
    std::filesystem::path keys = directory.path() / "data" / "keys";
    std::filesystem::path file = keys / "secrets.key";

    [[nodiscard]] unsigned mode(const std::filesystem::path& path) const {
        struct stat status{};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        return status.st_mode & 0777U;
    }
    void write(const std::string& text) const { std::ofstream(file, std::ios::trunc) << text; }
};

} // namespace

TEST_CASE("the first start makes keys that only this user can read, and later starts keep them") {
    const Setting setting;
    const auto first = KeyFiles::open(setting.keys);
    CHECK(setting.mode(setting.keys) == 0700);
    CHECK(setting.mode(setting.file) == 0600);
    CHECK(setting.mode(setting.keys / "tokens.key") == 0600);
    REQUIRE(first.secrets.size() == 1);
    CHECK(first.secrets[0].reveal().size() == 32);
    CHECK(first.tokens.reveal().size() == 32);
    CHECK(first.tokens.reveal() != first.secrets[0].reveal());
    const auto second = KeyFiles::open(setting.keys);
    CHECK(second.tokens.reveal() == first.tokens.reveal());
    CHECK(second.secrets[0].reveal() == first.secrets[0].reveal());
    CHECK(std::distance(std::filesystem::directory_iterator(setting.keys), {}) == 2); // nothing left aside
}

TEST_CASE("two installations have different keys") {
    const Setting one;
    const Setting two;
    CHECK(KeyFiles::open(one.keys).tokens.reveal() != KeyFiles::open(two.keys).tokens.reveal());
}

TEST_CASE("a key file that others can read is refused") {
    const Setting setting;
    static_cast<void>(KeyFiles::open(setting.keys));
    for (const unsigned mode : {0644U, 0640U, 0604U, 0660U, 0601U}) {
        REQUIRE(::chmod(setting.file.c_str(), mode) == 0);
        CHECK_THROWS_WITH_AS(KeyFiles::open(setting.keys), doctest::Contains("other users"),
                             std::runtime_error);
    }
    REQUIRE(::chmod(setting.file.c_str(), 0400) == 0);
    CHECK_NOTHROW(KeyFiles::open(setting.keys));
}

TEST_CASE("a damaged, short or empty key file is refused and never replaced") {
    const Setting setting;
    static_cast<void>(KeyFiles::open(setting.keys));
    for (const std::string text : {"", "\n", "changeme\n", "not base64!\n"}) {
        setting.write(text);
        CHECK_THROWS_AS(KeyFiles::open(setting.keys), std::runtime_error);
        CHECK(std::filesystem::file_size(setting.file) == text.size());
    }
    setting.write(panel::crypto::base64url_encode(std::string(31, 'k')) + "\n");
    CHECK_THROWS_AS(KeyFiles::open(setting.keys), std::runtime_error);
}

TEST_CASE("a link, a folder or a pipe in the place of a key file is refused") {
    const Setting setting;
    static_cast<void>(KeyFiles::open(setting.keys));
    std::filesystem::rename(setting.file, setting.directory.path() / "elsewhere");
    std::filesystem::create_symlink(setting.directory.path() / "elsewhere", setting.file);
    CHECK_THROWS_AS(KeyFiles::open(setting.keys), std::runtime_error);
    std::filesystem::remove(setting.file);
    std::filesystem::create_directory(setting.file);
    CHECK_THROWS_AS(KeyFiles::open(setting.keys), std::runtime_error);
    std::filesystem::remove(setting.file);
    REQUIRE(::mkfifo(setting.file.c_str(), 0600) == 0);
    CHECK_THROWS_AS(KeyFiles::open(setting.keys), std::runtime_error);
}

TEST_CASE("several keys in the file are read oldest first") {
    const Setting setting;
    static_cast<void>(KeyFiles::open(setting.keys));
    setting.write(panel::crypto::base64url_encode(std::string(32, 'a')) + "\n" +
                  panel::crypto::base64url_encode(std::string(32, 'b')) + "\n");
    const auto keys = KeyFiles::open(setting.keys);
    REQUIRE(keys.secrets.size() == 2);
    CHECK(keys.secrets[1].reveal() == std::string(32, 'b'));
}
