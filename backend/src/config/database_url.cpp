#include "config/database_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>

namespace panel::config {
namespace {

constexpr std::string_view sqlite_scheme = "sqlite://";

// What may follow the '?': where the server is and how to trust it. Nothing that changes how statements run.
constexpr std::array<std::string_view, 11> known_parameters = {"host",
                                                               "port",
                                                               "user",
                                                               "password",
                                                               "passfile",
                                                               "sslmode",
                                                               "sslrootcert",
                                                               "sslcert",
                                                               "sslkey",
                                                               "connect_timeout",
                                                               "target_session_attrs"};

Result<DatabaseUrl> parse_sqlite(std::string_view text) {
    DatabaseUrl url;
    url.path = text.substr(sqlite_scheme.size());
    if (!url.path.starts_with('/'))
        return fail(Code::invalid, "The address of a SQLite database needs an absolute path, such as "
                                   "sqlite:///var/lib/vps-panel/panel.db.");
    if (url.path.find_first_of(std::string_view("\"\0", 2)) != std::string::npos)
        return fail(Code::invalid, "The path of a SQLite database cannot hold a quotation mark.");
    url.shown = text;
    return url;
}

void put(DatabaseUrl& url, std::string_view name, std::string value) {
    const auto same = std::ranges::find(url.connection, name, &std::pair<std::string, std::string>::first);
    if (same != url.connection.end()) {
        same->second = std::move(value);
    } else if (!value.empty()) {
        url.connection.emplace_back(name, std::move(value));
    }
}

std::string value_of(const DatabaseUrl& url, std::string_view name) {
    const auto found = std::ranges::find(url.connection, name, &std::pair<std::string, std::string>::first);
    return found == url.connection.end() ? "" : found->second;
}

std::string shown(const DatabaseUrl& url) {
    const auto user = value_of(url, "user");
    const auto host = value_of(url, "host");
    const auto port = value_of(url, "port");
    std::string text = "postgresql://" + (user.empty() ? "" : user + "@");
    if (!host.starts_with('/')) text += host + (port.empty() ? "" : ":" + port);
    text += "/" + value_of(url, "dbname");
    if (host.starts_with('/')) text += "?host=" + host;
    return text;
}

Result<DatabaseUrl> parse_postgresql(std::string_view text) {
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed || parsed->has_fragment())
        return fail(Code::invalid, "The address of the PostgreSQL database is malformed; characters such as "
                                   "'@', '/' or '#' in a password are written %40, %2F, %23.");
    DatabaseUrl url;
    url.kind = DatabaseUrl::Kind::postgresql;
    put(url, "user", parsed->user());
    put(url, "password", parsed->password());
    put(url, "host", parsed->host_address());
    put(url, "port", std::string(parsed->port()));
    const std::string path = parsed->path();
    put(url, "dbname", path.empty() ? "" : path.substr(1));
    for (const auto& parameter : parsed->params()) {
        if (std::ranges::find(known_parameters, parameter.key) == known_parameters.end())
            return fail(Code::invalid,
                        "The address of the PostgreSQL database has a parameter that is not known here.");
        put(url, parameter.key, parameter.value);
    }
    if (value_of(url, "dbname").empty() || value_of(url, "dbname").contains('/'))
        return fail(Code::invalid,
                    "The address of the PostgreSQL database must end with the database's name, "
                    "such as postgresql://panel@db.example.com/panel.");
    const auto has_nul = [](const auto& entry) { return entry.second.contains('\0'); };
    if (std::ranges::any_of(url.connection, has_nul))
        return fail(Code::invalid, "The address of the PostgreSQL database holds a NUL.");
    url.shown = shown(url);
    return url;
}

} // namespace

Result<DatabaseUrl> parse_database_url(std::string_view text) {
    if (text.starts_with(sqlite_scheme)) return parse_sqlite(text);
    if (text.starts_with("postgresql://") || text.starts_with("postgres://")) return parse_postgresql(text);
    return fail(Code::invalid, "The address of the database must start with sqlite:// or postgresql://.");
}

std::string connection_string(const DatabaseUrl& url) {
    std::string text;
    for (const auto& [name, value] : url.connection) {
        text += name + "='";
        for (const char c : value) {
            if (c == '\'' || c == '\\') text += '\\';
            text += c;
        }
        text += "' ";
    }
    return text;
}

} // namespace panel::config
