#include "support/api_scenario.hpp"

#include <doctest/doctest.h>

namespace panel::test {

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

} // namespace

std::string filled_in(const ApiPanel& panel, std::string text) {
    replace_all(text, "{p}", std::to_string(panel.project_id));
    replace_all(text, "{d}", std::to_string(panel.deployment_id));
    return text;
}

void check_scenarios(std::span<const ApiScenario> scenarios) {
    for (const auto& scenario : scenarios) {
        ApiPanel panel;
        const auto answer = panel.call(scenario.who, scenario.method, filled_in(panel, scenario.target),
                                       filled_in(panel, scenario.body));
        INFO(scenario.name);
        INFO(scenario.method << " " << scenario.target);
        INFO(answer.body);
        CHECK(answer.status == scenario.status);
        for (const auto& text : scenario.contains) CHECK_MESSAGE(answer.body.contains(text), text);
        for (const auto& text : scenario.lacks) CHECK_MESSAGE(!answer.body.contains(text), text);
        CHECK(answer.headers.get("Cache-Control") == "no-store");
        CHECK(answer.headers.get("X-Content-Type-Options") == "nosniff");
    }
}

} // namespace panel::test
