#include "services/caddy/site_config.hpp"

#include "models/text_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace panel::caddy {
namespace {

// Both kinds of addresses import this, so that the probe's listener serves exactly what visitors get.
constexpr std::string_view snippet = R"((project_$ID) {
	log {
		output file "$LOGS/$ID.log" {
			roll_size 10MiB
			roll_keep 3
		}
		format filter {
			wrap json
			fields {
				request>headers>X-Panel-Probe delete
			}
		}
	}
	@panel_probe header X-Panel-Probe $TOKEN
	@panel_static file {
		root "$SLOTS"
		try_files /$ID.static
	}
	@panel_green file {
		root "$SLOTS"
		try_files /$ID.green
	}
	@panel_blue file {
		root "$SLOTS"
		try_files /$ID.live
	}
	route {
		handle @panel_static {
$STATIC		}
		handle @panel_green {
$GREEN		}
		handle @panel_blue {
$BLUE		}
		handle {
			header Cache-Control no-store
			header Retry-After 10
			respond "No release of this site is live yet." 503
		}
	}
	handle_errors {
		@missing_file {
			expression {err.status_code} == 404
			file {
				root "$SLOTS"
				try_files /$ID.static
			}
		}
		handle @missing_file {
			root * "$FILES/$ID/current"
			header Cache-Control no-store
			@page file /404.html
			route {
				handle @page {
					rewrite * /404.html
					file_server
				}
				handle {
					respond "This page does not exist." 404
				}
			}
		}
		@unreachable expression {err.status_code} >= 500
		handle @unreachable {
			header Cache-Control no-store
			header Retry-After 5
			respond "This site is not answering right now. Please try again in a moment." {err.status_code}
		}
		handle {
			respond "{err.status_text}." {err.status_code}
		}
	}
}
)";

// A path with a trailing slash is a directory's index only, one without is a file, a page without its suffix
// or a directory's index: so a plain directory of files never hides a page of a single page application. Its
// index.html answers navigation only: a browser that asks for a missing script must get 404, not a page.
constexpr std::string_view static_handler = R"(			header @panel_probe X-Panel-Slot static
			root * "$FILES/$ID/current"
			encode gzip
			@hidden {
				path_regexp (?:^|/)\.[^/]
				not path /.well-known/*
			}
			@writing not method GET HEAD
			@immutable path_regexp $IMMUTABLE
			@file {
				not path */
				file {
					root "$FILES/$ID/current"
					try_files {path} {path}.html {path}/index.html
				}
			}
			@directory {
				path */
				file {
					root "$FILES/$ID/current"
					try_files {path}index.html
				}
			}
			@navigation {
				header Accept *text/html*
				file {
					root "$SLOTS"
					try_files /$ID.spa
				}
			}
			route {
				error @hidden 404
				error @writing 405
				header Cache-Control "public, max-age=0, must-revalidate"
				handle @file {
					header @immutable Cache-Control "public, max-age=31536000, immutable"
					rewrite * {http.matchers.file.relative}
					file_server {
						precompressed br gzip
					}
				}
				handle @directory {
					rewrite * {http.matchers.file.relative}
					file_server {
						precompressed br gzip
					}
				}
				handle @navigation {
					rewrite * /index.html
					file_server {
						precompressed br gzip
					}
				}
				handle {
					error 404
				}
			}
)";

// Idle connections to the app are given up after 1 s, sooner than any usual app server gives them up
// (gunicorn 2 s, Node.js and uvicorn 5 s): a POST on a connection that the app is closing at that moment
// could not be repeated and would fail. drain_quiet_time rests on it. No limit for answers: they may be long
// polls.
constexpr std::string_view proxy_handler = R"(			header @panel_probe X-Panel-Slot $SLOT
			reverse_proxy 127.0.0.1:$PORT {
				header_up -X-Panel-Probe
				header_down -X-Panel-Slot
				transport http {
					dial_timeout 5s
					keepalive 1s
				}
			}
)";

using Values = std::initializer_list<std::pair<std::string_view, std::string>>;

std::string fill(std::string_view pattern, Values values) {
    std::string text(pattern);
    for (const auto& [name, value] : values) {
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size())) {
            text.replace(at, name.size(), value);
        }
    }
    return text;
}

// `length` characters of `any`, at least one of them of `one`: RE2 has no lookahead, so each place for that
// one is an alternative.
std::string hash_pattern(int length, std::string_view any, std::string_view one) {
    std::string pattern;
    for (int i = 0; i < length; ++i) {
        if (i > 0) pattern += '|';
        if (i > 0) pattern += fmt::format("[{}]{{{}}}", any, i);
        pattern += fmt::format("[{}]", one);
        if (i + 1 < length) pattern += fmt::format("[{}]{{{}}}", any, length - i - 1);
    }
    return fmt::format("(?:{})", pattern);
}

// Files whose name changes with their content: what frameworks keep in directories of their own, Vite's
// assets/index-DiwrgTda.js, Angular's main-ABCD1234.js, webpack's main.4f2b1c3d.js. A plain word of 8 letters
// or a date is no hash.
std::string immutable_pattern() {
    const auto vite =
        fmt::format(R"(/assets/(?:.*/)?[^/]*-{}\.[a-z0-9]+$)", hash_pattern(8, "A-Za-z0-9_-", "A-Z0-9"));
    const auto upper = fmt::format(R"(-{}\.(?:js|css)$)", hash_pattern(8, "A-Z0-9", "A-Z"));
    const auto hexadecimal =
        fmt::format(R"([.-](?:{}|[0-9a-f]{{16}}|[0-9a-f]{{20}}|[0-9a-f]{{32}})(?:\.chunk)?\.[a-z0-9]+$)",
                    hash_pattern(8, "0-9a-f", "a-f"));
    return fmt::format(R"((?:^/_app/immutable/|^/_next/static/|^/_astro/|^/_nuxt/|{}|{}|{}))", vite, upper,
                       hexadecimal);
}

std::string render_addresses(const Site& site, std::uint16_t app_port) {
    std::string list;
    for (const auto& domain : site.domains) {
        if (!list.empty()) list += ",\n";
        list += domain.tls ? domain.name.value() : fmt::format("http://{}:{}", domain.name.value(), app_port);
    }
    return list;
}

std::string render_probe_addresses(const Site& site, std::uint16_t probe_port) {
    std::string list;
    for (const auto& domain : site.domains) {
        if (!list.empty()) list += ",\n";
        list += fmt::format("http://{}:{}", domain.name.value(), probe_port);
    }
    return list;
}

bool is_literal_path(const std::filesystem::path& path) {
    const auto& text = path.native();
    return path.is_absolute() && std::ranges::all_of(text, [](char c) {
               return is_alphanumeric(c) || std::string_view(" ._-+@/~,=").find(c) != std::string_view::npos;
           });
}

bool is_token(std::string_view token) {
    return token.size() >= 16 && token.size() <= 64 && std::ranges::all_of(token, is_hexadecimal);
}

} // namespace

Result<SitePaths> SitePaths::make(Values values) {
    for (const auto* path : {&values.slots_directory, &values.static_directory, &values.log_directory}) {
        if (is_literal_path(*path)) continue;
        return fail(Code::invalid, "The data directory must be an absolute path of letters, digits, spaces "
                                   "and . _ - + @ / ~ , = only.");
    }
    if (!is_token(values.probe_token))
        return fail(Code::invalid, "The probe token must be 16 to 64 hexadecimal digits.");
    if (values.app_port == 0 || values.app_port == values.probe_port)
        return fail(Code::invalid, "The ports for apps and probes must differ.");
    return SitePaths(std::move(values));
}

std::string render_site(const Site& site, const SitePaths& paths) {
    static const std::string immutable = immutable_pattern();
    const auto& v = paths.values();
    const auto proxy = [](std::string_view slot, std::uint16_t port) {
        return fill(proxy_handler, {{"$SLOT", std::string(slot)}, {"$PORT", std::to_string(port)}});
    };
    // The handlers go in first: the values within them are filled with the rest.
    auto text = fill(snippet, {{"$STATIC", std::string(static_handler)},
                               {"$GREEN", proxy("green", site.green_port)},
                               {"$BLUE", proxy("blue", site.blue_port)},
                               {"$SLOTS", v.slots_directory.native()},
                               {"$FILES", v.static_directory.native()},
                               {"$LOGS", v.log_directory.native()},
                               {"$TOKEN", v.probe_token},
                               {"$IMMUTABLE", immutable},
                               {"$ID", std::to_string(site.project_id)}});
    text +=
        fmt::format("{} {{\n\timport project_{}\n}}\n", render_addresses(site, v.app_port), site.project_id);
    if (v.probe_port != 0) {
        text += fmt::format("{} {{\n\tbind 127.0.0.1\n\timport project_{}\n}}\n",
                            render_probe_addresses(site, v.probe_port), site.project_id);
    }
    return text;
}

} // namespace panel::caddy
