#pragma once
// Turns a typed handler - `awaitable<Result<Answer>> handler(Context&)` or `(Context&, Body)` - into what the
// route table holds: reading the body, calling the handler, writing its answer or its error, and describing
// both for the OpenAPI document. Loop thread only.

#include "api/answer.hpp"
#include "api/context.hpp"
#include "api/json/environment_json.hpp"
#include "api/json/field_reader.hpp"
#include "api/json/schema.hpp"
#include "api/middleware/body.hpp"
#include "api/middleware/error_to_response.hpp"
#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <utility>

namespace panel::api {

// What the OpenAPI document says about a call's body and answer.
struct EndpointSchema {
    boost::json::object request; // empty: no body
    boost::json::object answer;  // empty: none
    std::string answer_type;     // content type, "" for none
};

struct Endpoint {
    boost::asio::awaitable<net::Response> (*run)(Context&, int success) = nullptr;
    EndpointSchema (*describe)(json::SchemaBuilder&) = nullptr;
};

// How the errors of a body that is a list call it.
template <class Body> inline constexpr std::string_view root_name{};
template <> inline constexpr std::string_view root_name<wire::EnvironmentInput>{"environment"};

namespace detail {

template <class F> struct HandlerTraits;
template <class A> struct HandlerTraits<boost::asio::awaitable<Result<A>> (*)(Context&)> {
    using Answer = A;
    using Body = void;
};
template <class A, class B> struct HandlerTraits<boost::asio::awaitable<Result<A>> (*)(Context&, B)> {
    using Answer = A;
    using Body = B;
};

template <auto handler> boost::asio::awaitable<net::Response> run_handler(Context& context, int success) {
    using Traits = HandlerTraits<decltype(handler)>;
    if constexpr (std::is_void_v<typename Traits::Body>) {
        auto result = co_await handler(context);
        co_return result ? write_answer<typename Traits::Answer>(context, success, std::move(result))
                         : error_to_response(context, result.error());
    } else {
        const auto text = check_body(context.request);
        if (!text) co_return error_to_response(context, text.error());
        auto body = json::read_body<typename Traits::Body>(*text, root_name<typename Traits::Body>);
        if (!body) co_return error_to_response(context, body.error());
        auto result = co_await handler(context, std::move(*body));
        co_return result ? write_answer<typename Traits::Answer>(context, success, std::move(result))
                         : error_to_response(context, result.error());
    }
}

template <auto handler> EndpointSchema describe_handler(json::SchemaBuilder& builder) {
    using Traits = HandlerTraits<decltype(handler)>;
    EndpointSchema out;
    if constexpr (!std::is_void_v<typename Traits::Body>)
        out.request = builder.schema<typename Traits::Body>(json::Direction::request);
    describe_answer<typename Traits::Answer>(builder, out.answer, out.answer_type);
    return out;
}

} // namespace detail

template <auto handler>
inline constexpr Endpoint endpoint{&detail::run_handler<handler>, &detail::describe_handler<handler>};

} // namespace panel::api
