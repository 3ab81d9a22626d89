#pragma once
// One line of a table of API calls: who calls what, and what must come back. Run against ApiPanel.

#include "support/api_panel.hpp"

#include <span>
#include <string>
#include <vector>

namespace panel::test {

struct ApiScenario {
    std::string name;
    Who who = Who::owner;
    std::string method;
    std::string target; // below /api/v1; {p} and {d} stand for the owner's project and deployment
    std::string body;
    int status = 200;
    std::vector<std::string> contains = {}; // of the answer's body
    std::vector<std::string> lacks = {};
};

// Each on a panel of its own.
void check_scenarios(std::span<const ApiScenario> scenarios);
// Replaces the placeholders.
[[nodiscard]] std::string filled_in(const ApiPanel& panel, std::string text);

} // namespace panel::test
