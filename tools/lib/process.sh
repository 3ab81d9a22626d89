# shellcheck shell=bash
# Processes by identity: a pid file holds "<pid> <start time>", so that a number that the kernel gave to somebody else
# is never mistaken for ours. The start time is field 22 of /proc/<pid>/stat, in clock ticks since boot.

start_time_of() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The name in parentheses may hold spaces: count from behind it.
  local -a fields
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} != Z ]] || return 1
  printf '%s\n' "${fields[19]}"
}

# record_process FILE PID: fails when the process is gone already.
record_process() {
  local file=$1 pid=$2 started
  started=$(start_time_of "$pid") || return 1
  printf '%s %s\n' "$pid" "$started" >"$file.new"
  mv "$file.new" "$file"
}

# running_process FILE: prints the pid when that very process still runs.
running_process() {
  local pid started
  read -r pid started 2>/dev/null <"$1" || return 1
  [[ -n $pid && $(start_time_of "$pid") == "$started" ]] || return 1
  printf '%s\n' "$pid"
}

# stop_process FILE SECONDS: SIGTERM, then SIGKILL once the time is over. True when nothing of it runs any more.
stop_process() {
  local file=$1 limit=$2 pid
  if pid=$(running_process "$file"); then
    kill -TERM "$pid" 2>/dev/null || true
    wait_until "$limit" process_gone "$file" || kill -KILL "$pid" 2>/dev/null || true
    wait_until 5 process_gone "$file" || return 1
  fi
  rm -f "$file"
}

process_gone() { ! running_process "$1" >/dev/null; }

# wait_until SECONDS COMMAND...: asks ten times a second, false when the time is over.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.1
  done
}
