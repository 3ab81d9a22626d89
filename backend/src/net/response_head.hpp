#pragma once
// The bytes in front of a response body, the date among them, and the answers that the server gives by
// itself. No I/O. Not for use outside net/.

#include "net/http_message.hpp"

#include <ctime>
#include <string>
#include <string_view>

namespace panel::net {

// RFC 9110 section 6.6.1, formatted once a second.
class DateHeader {
  public:
    [[nodiscard]] std::string_view text();

  private:
    std::time_t second_ = 0;
    std::string text_;
};

// How the connection goes on: HTTP/1.1 keeps it when nothing is said, HTTP/1.0 closes it.
enum class Connection { keep, keep_said, close };

// Whether the headers can be sent as they are: no line end can be smuggled in.
[[nodiscard]] bool is_sendable(const Response& response);

// Appends status line, Date, Content-Length, the response's own headers and the empty line.
void append_head(std::string& out, const Response& response, Connection connection, std::string_view date);

// A problem document (RFC 9457) for what the server refuses by itself.
[[nodiscard]] Response make_refusal(int status);

} // namespace panel::net
