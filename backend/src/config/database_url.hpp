#pragma once
// The address of the database as --database gives it: sqlite:///path or postgresql://user:password@host/name.
// Taken apart here once, so that what reaches libpq is quoted by us: its own complaints about an address
// repeat parts of it, and one part may be the password. Pure; any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace panel::config {

struct DatabaseUrl {
    enum class Kind { sqlite, postgresql };

    Kind kind = Kind::sqlite;
    std::string path;                                            // of SQLite's file, absolute
    std::vector<std::pair<std::string, std::string>> connection; // libpq's keywords and their values
    std::string shown;                                           // without the password, for people

    [[nodiscard]] bool is_sqlite() const { return kind == Kind::sqlite; }
};

// Errors: invalid, a plain sentence that never holds the password.
//   sqlite:///absolute/path
//   postgresql://[user[:password]@][host[:port]]/name[?host=/directory&sslmode=verify-full...]
[[nodiscard]] Result<DatabaseUrl> parse_database_url(std::string_view text);

// libpq's connection string, each value quoted.
[[nodiscard]] std::string connection_string(const DatabaseUrl& url);

} // namespace panel::config
