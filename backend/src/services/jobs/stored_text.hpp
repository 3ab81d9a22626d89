#pragma once
// Payloads and headers as text that both databases take: valid UTF-8 without NUL stays readable, anything
// else is written in base64. Each text is read back to the same bytes. Pure; any thread.

#include <map>
#include <string>

namespace panel::jobs {

[[nodiscard]] std::string text_of(const std::string& bytes);
[[nodiscard]] std::string bytes_of(const std::string& text);
[[nodiscard]] std::string text_of(const std::map<std::string, std::string>& headers); // "" for none
[[nodiscard]] std::map<std::string, std::string> headers_of(const std::string& text);

} // namespace panel::jobs
