#include "database_commands.hpp"

#include "config/database_url.hpp"
#include "database/connection.hpp"
#include "database/copy.hpp"
#include "database/migrator.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>

namespace panel {

namespace {

config::DatabaseUrl parsed(const std::string& text) {
    auto url = config::parse_database_url(text);
    if (!url) throw std::runtime_error(url.error().message);
    return std::move(*url);
}

std::string variable(const config::Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? "" : found->second;
}

// An exit code when the arguments are wrong or only help was asked for.
std::optional<int> parse(CLI::App& parser, const std::vector<std::string>& arguments) {
    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        parser.parse(reversed);
    } catch (const CLI::ParseError& error) {
        return parser.exit(error);
    }
    return std::nullopt;
}

void bring_up_to_date(const config::DatabaseUrl& url) {
    const auto applied = database::bring_up_to_date(url);
    for (const auto& name : applied) fmt::print("applied migration {}\n", name);
    fmt::print("{} is up to date{}.\n", url.shown, applied.empty() ? " already" : "");
}

} // namespace

int migrate_database(const std::vector<std::string>& arguments, const config::Environment& environment) {
    CLI::App parser("Brings the schema of the database up to date; `serve` does the same when it starts.",
                    "vps-panel migrate");
    std::string address = variable(environment, "VPS_PANEL_DATABASE");
    std::string data = variable(environment, "VPS_PANEL_DATA");
    parser.add_option("--database", address, "sqlite:///path or postgresql://... [VPS_PANEL_DATABASE]")
        ->option_text("URL");
    parser
        .add_option("--data", data,
                    "without --database: the data directory, for its panel.db [VPS_PANEL_DATA]")
        ->option_text("DIR");
    if (const auto code = parse(parser, arguments)) return *code;
    if (address.empty() && data.empty()) {
        std::cerr << "vps-panel: --database or --data is needed.\n";
        return 2;
    }
    const auto file = std::filesystem::absolute(std::filesystem::path(data) / "panel.db").string();
    bring_up_to_date(parsed(address.empty() ? "sqlite://" + file : address));
    return 0;
}

int copy_database(const std::vector<std::string>& arguments, const config::Environment&) {
    CLI::App parser("Copies the whole database into a new, empty one. Stop the panel first.",
                    "vps-panel copy-database");
    std::string source;
    std::string target;
    parser.add_option("--from", source, "sqlite:///path or postgresql://...")->option_text("URL")->required();
    parser.add_option("--to", target, "the same; it must exist (PostgreSQL) and be empty")
        ->option_text("URL")
        ->required();
    if (const auto code = parse(parser, arguments)) return *code;
    const auto from = parsed(source);
    const auto to = parsed(target);
    if (from.is_sqlite() && !std::filesystem::exists(from.path))
        throw std::runtime_error("There is no database " + from.path + ".");
    if (from.shown == to.shown) throw std::runtime_error("Source and target are the same database.");
    bring_up_to_date(from);
    bring_up_to_date(to);
    const auto reading = database::Connection::open(from, database::Purpose::maintain);
    const auto writing = database::Connection::open(to, database::Purpose::maintain);
    const auto progress = [](const std::string& sentence) {
        fmt::print("{}\n", sentence);
        std::fflush(stdout);
    };
    std::int64_t rows = 0;
    std::int64_t mended = 0;
    for (const auto& table : database::copy_database(reading->session(), writing->session(), progress)) {
        rows += table.rows;
        mended += table.mended;
    }
    fmt::print("\n{} rows are in {}, each compared with its original.\n", rows, to.shown);
    if (mended > 0)
        fmt::print("{} of them held text that is no valid UTF-8; the bytes in question were replaced.\n",
                   mended);
    fmt::print(
        "Next: start the panel with --database (or VPS_PANEL_DATABASE) set to the new address, and with the "
        "same data\ndirectory: keys, repositories and sites stay there. Keep {} until you have seen it "
        "work.\n",
        from.shown);
    return 0;
}

} // namespace panel
