#pragma once
// What a handler may answer with, and how each becomes a response. Loop thread only.
//
//   a wire struct, wire::Page<T>   JSON
//   void                           no content
//   PlainText                      text/plain, with headers of its own
//   Shared<T>                      a kept answer of the response cache, with an ETag: 200 or 304
//   WithStatus<T>                  T with another status than the route's
//   net::Response                  itself (WebSocket, OpenAPI document)

#include "api/context.hpp"
#include "api/json/json_writer.hpp"
#include "api/json/page_json.hpp"
#include "api/json/schema.hpp"
#include "api/response_cache.hpp"
#include "base/result.hpp"
#include "net/http_message.hpp"

#include <memory>
#include <string>
#include <utility>

namespace panel::api {

struct PlainText {
    std::string text;
    net::Headers headers = {};
};

template <class T> struct Shared {
    std::shared_ptr<const StoredAnswer> stored;
};

template <class T> struct WithStatus {
    int status = 200;
    T value;
};

template <class T> inline constexpr bool is_shared = false;
template <class T> inline constexpr bool is_shared<Shared<T>> = true;
template <class T> inline constexpr bool is_with_status = false;
template <class T> inline constexpr bool is_with_status<WithStatus<T>> = true;
template <class T> struct Inner;
template <class T> struct Inner<Shared<T>> {
    using Type = T;
};
template <class T> struct Inner<WithStatus<T>> {
    using Type = T;
};

[[nodiscard]] net::Response json_response(int status, std::string body);
[[nodiscard]] net::Response text_response(PlainText answer);
// 304 when the request's If-None-Match names this answer.
[[nodiscard]] net::Response stored_response(const net::Request& request, const StoredAnswer& stored);

template <class T> [[nodiscard]] std::string page_or_struct_json(const T& value) {
    if constexpr (json::is_page<T>) {
        std::string out = "{\"items\":";
        json::write_list(out, value.items);
        out += ",\"next_cursor\":";
        json::write(out, value.next_cursor);
        out += '}';
        return out;
    } else {
        return json::to_json(value);
    }
}

// What the response cache keeps of an answer.
template <class T> [[nodiscard]] StoredAnswer make_stored(T answer) {
    if constexpr (std::is_same_v<T, PlainText>)
        return StoredAnswer::of("text/plain; charset=utf-8", std::move(answer.headers),
                                std::move(answer.text));
    else
        return StoredAnswer::of("application/json", {}, page_or_struct_json(answer));
}

template <class A> [[nodiscard]] net::Response write_answer(Context& context, int success, Result<A> answer) {
    if constexpr (std::is_void_v<A>) {
        net::Response response;
        response.status = success;
        return response;
    } else if constexpr (std::is_same_v<A, net::Response>) {
        return std::move(*answer);
    } else if constexpr (std::is_same_v<A, PlainText>) {
        return text_response(std::move(*answer));
    } else if constexpr (is_shared<A>) {
        return stored_response(context.request, *answer->stored);
    } else if constexpr (is_with_status<A>) {
        return json_response(answer->status, page_or_struct_json(answer->value));
    } else {
        return json_response(success, page_or_struct_json(*answer));
    }
}

template <class A>
void describe_answer(json::SchemaBuilder& builder, boost::json::object& schema, std::string& content_type) {
    if constexpr (std::is_void_v<A> || std::is_same_v<A, net::Response>) {
        return;
    } else if constexpr (std::is_same_v<A, PlainText>) {
        schema = {{"type", "string"}};
        content_type = "text/plain";
    } else if constexpr (is_shared<A> || is_with_status<A>) {
        describe_answer<typename Inner<A>::Type>(builder, schema, content_type);
    } else {
        schema = builder.schema<A>(json::Direction::answer);
        content_type = "application/json";
    }
}

} // namespace panel::api
