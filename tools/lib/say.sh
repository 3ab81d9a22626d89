# shellcheck shell=bash
# Messages of the entry script: progress on standard error, one plain sentence for each failure.

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
note() { printf '  %s\n' "$*" >&2; }
warn() { printf '\033[33mwarning:\033[0m %s\n' "$*" >&2; }
die() {
  printf '\033[31merror:\033[0m %s\n' "$*" >&2
  exit 1
}

# Without a terminal the log files stay free of colour codes.
if [[ ! -t 2 || -n "${NO_COLOR:-}" ]]; then
  say() { printf '%s\n' "$*" >&2; }
  warn() { printf 'warning: %s\n' "$*" >&2; }
  die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
  }
fi

# The comment block that opens a script is its help.
help_of() { awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$1"; }
