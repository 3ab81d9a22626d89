# shellcheck shell=bash
# Counts what test runners report. Each writes its own kind of report; a step without one counts as one failure when it fails.

# shellcheck disable=SC2034 # read by the caller as well
passed=0 failed=0 skipped=0
failures=()

# add PASSED FAILED SKIPPED
add() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }

note_failure() {
  failures+=("$1")
  warn "FAILED: $1"
}

# A report that is missing although the run failed, or that knows of no failure: the run itself broke.
count_broken_run() {
  local name=$1 status=$2 failures_before=$3
  ((status == 0)) && return
  ((failed > failures_before)) || add 0 1 0
  note_failure "$name"
}

# name_failed_tests: one name a line, on standard input. Who reads only the last lines of a run sees what to look at.
name_failed_tests() {
  local name
  while IFS= read -r name; do failures+=("  $name"); done
}

# JUnit, as ctest writes it: one <testsuite> with its counts as attributes.
add_junit() {
  [[ -s $1 ]] || return 0
  local line tests
  name_failed_tests < <(sed -n 's/.*<testcase name="\([^"]*\)".* status="fail".*/\1/p' "$1")
  line=$(tr '\n' ' ' <"$1" | grep -o '<testsuite [^>]*>' | head -n 1)
  attribute() { grep -o "\b$1=\"[0-9]*\"" <<<"$line" | grep -o '[0-9]*' || echo 0; }
  tests=$(attribute tests)
  add $((tests - $(attribute failures) - $(attribute skipped) - $(attribute disabled))) "$(attribute failures)" "$(attribute skipped)"
}

# Vitest's JSON report.
add_vitest() {
  [[ -s $1 ]] || return 0
  local -a counts
  name_failed_tests < <(jq -r '.testResults[].assertionResults[] | select(.status == "failed") | .fullName' "$1")
  read -ra counts < <(jq -r '"\(.numPassedTests) \(.numFailedTests) \(.numPendingTests + .numTodoTests)"' "$1")
  add "${counts[@]}"
}

# Playwright's JSON report. A flaky test failed once: that is a failure here.
add_playwright() {
  [[ -s $1 ]] || return 0
  local -a counts
  name_failed_tests < <(jq -r '[.. | objects | select(.ok == false and has("tests"))][] |
    "\(.file):\(.line) \(.title): \([.tests[].results[].error.message // empty][0] // "" | split("\n")[0] // "")"' "$1")
  read -ra counts < <(jq -r '.stats | "\(.expected) \(.unexpected + .flaky) \(.skipped)"' "$1")
  add "${counts[@]}"
}

print_tally() {
  local name
  for name in "${failures[@]}"; do printf 'failed: %s\n' "$name"; done
  ((skipped == 0)) || printf '%s skipped\n' "$skipped"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  ((failed == 0 && ${#failures[@]} == 0))
}
