#include "api/json/json_writer.hpp"

#include "api/json/deployment_json.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

using namespace panel;
using namespace panel::api;

namespace {

struct Base {
    int first = 1;
};
BOOST_DESCRIBE_STRUCT(Base, (), (first))

struct Everything : Base {
    std::string text = "plain";
    std::optional<int> none;
    json::Maybe<int> left_out;
    json::Patch<int> null_patch = json::Patch<int>::null();
    std::vector<std::string> list{"a", "b"};
    std::map<std::string, std::string> map{{"k", "v"}};
    json::RawJson<Base> raw{"{\"x\":1}"};
    DeploymentStatus status = DeploymentStatus::superseded;
    StepName step = StepName::switch_over;
    bool flag = true;
    double number = 34.6;
    Timestamp time = from_milliseconds(1'769'850'300'007);
};
BOOST_DESCRIBE_STRUCT(Everything, (Base),
                      (text, none, left_out, null_patch, list, map, raw, status, step, flag, number, time))

} // namespace

TEST_CASE(
    "a described struct is written with its base's members first and each kind of field in its JSON form") {
    CHECK(
        json::to_json(Everything{}) ==
        R"({"first":1,"text":"plain","none":null,"null_patch":null,"list":["a","b"],"map":{"k":"v"},"raw":{"x":1},)"
        R"("status":"superseded","step":"switch","flag":true,"number":34.6,"time":"2026-01-31T09:05:00.007Z"})");
}

TEST_CASE("every character that JSON cannot hold is escaped, and nothing else is") {
    std::string text;
    for (int c = 0; c < 0x80; ++c) text += static_cast<char>(c);
    text += "gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\x92";
    std::string out;
    json::write_text(out, text);
    CHECK(boost::json::parse(out).as_string() == text);
    CHECK(out.contains("\\u0000"));
    CHECK(out.contains("\\n"));
    CHECK(out.contains("\xf0\x9f\x94\x92"));
}

TEST_CASE("times are written as base's own ISO form, before and after 1970 too") {
    for (const auto time : {from_milliseconds(0), from_milliseconds(-1), from_milliseconds(951'782'400'999),
                            from_milliseconds(253'402'300'799'999), from_milliseconds(4'102'444'800'000)}) {
        std::string out;
        json::write_time(out, time);
        CHECK(out == '"' + to_iso8601(time) + '"');
    }
}

TEST_CASE("numbers that JSON has no word for are null") {
    std::string out;
    json::write_number(out, 1.0 / 0.0 * 1.0);
    CHECK(out == "null");
}

TEST_CASE("a deployment of a list leaves steps, plan and explanation out; the detail has them") {
    DeploymentRow row;
    row.deployment.id = 12;
    row.deployment.commit_message = "say \"hi\"";
    const auto list = boost::json::parse(json::to_json(wire::to_wire(row, std::nullopt))).as_object();
    CHECK(!list.contains("steps"));
    CHECK(!list.contains("plan"));
    CHECK(list.at("commit_message") == "say \"hi\"");
    CHECK(list.at("commit_hash").is_null());

    DeploymentDetail detail{
        row, {Step{StepName::queued, StepStatus::success, {}, 90}}, "{\n \"framework\": \"x\"\n}\n", {}, 0};
    const auto whole =
        boost::json::parse(json::to_json(wire::to_wire(detail, "http://a.localhost"))).as_object();
    CHECK(whole.at("steps").as_array().at(0).at("duration_ms") == 90);
    CHECK(whole.at("plan").at("framework") == "x");
    CHECK(whole.at("explanation").is_null());
    CHECK(whole.at("url") == "http://a.localhost");
}
