#pragma once
// A configuration file that is a program (vite.config.ts, next.config.mjs, svelte.config.js), read as text:
// comments are blanked, then a few "key: value" shapes are looked for. It never runs the file; what it cannot
// read it does not claim. Pure, any thread.

#include <optional>
#include <string>
#include <string_view>

namespace panel::framework {

// The source with comments turned into blanks; strings, templates and line numbers stay.
[[nodiscard]] std::string strip_comments(std::string_view source);

class ConfigText {
  public:
    ConfigText() = default;
    // `path` is where the source came from, for evidence.
    ConfigText(std::string path, std::string_view source)
        : path_(std::move(path)), text_(strip_comments(source)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    [[nodiscard]] bool contains(std::string_view needle) const {
        return text_.find(needle) != std::string::npos;
    }

    // key: 'value', key: path.join(__dirname, 'value') or key = "value"; nothing for anything computed.
    [[nodiscard]] std::optional<std::string> string(std::string_view key) const;
    // key: true / false.
    [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
    // The text between the braces of key: { ... }, as a config of its own; empty when there is none.
    [[nodiscard]] ConfigText object(std::string_view key) const;
    // The text between the parentheses of the first call of `function`.
    [[nodiscard]] ConfigText arguments(std::string_view function) const;
    // True when the key is given any value at all.
    [[nodiscard]] bool has_key(std::string_view key) const;

  private:
    // The text after "key:" or "key =", from its first non-blank on.
    [[nodiscard]] std::optional<std::string_view> value_of(std::string_view key) const;

    std::string path_;
    std::string text_;
};

} // namespace panel::framework
