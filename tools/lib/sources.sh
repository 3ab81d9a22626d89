# shellcheck shell=bash
# The source files that lint and fmt look at: what git tracks or would track. Needs $root.
: "${root:?}"

listed() { git -C "$root" ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
  [[ ! -f $root/$file ]] || printf '%s\n' "$root/$file"
done; }

cpp_sources() { listed 'backend/*.cpp' 'backend/*.hpp'; }

# Scripts by their first line, for the ones without an ending.
shell_sources() {
  listed panel tools .ci deploy bench e2e frontend/tools | while read -r file; do
    case $file in
      *.sh) echo "$file" ;;
      *.*) ;;
      *) head -n 1 "$file" | grep -qE '^#!.*\b(ba)?sh\b' && echo "$file" ;;
    esac
  done || true
}

# What differs from the branch that it will join, or from the last commit, and what is not committed yet.
changed_since_base() {
  local base
  base=$(git -C "$root" merge-base HEAD origin/HEAD 2>/dev/null) || base=$(git -C "$root" rev-parse -q --verify HEAD~1) || return 0
  [[ $base != "$(git -C "$root" rev-parse HEAD)" ]] || base=$(git -C "$root" rev-parse -q --verify HEAD~1) || return 0
  { git -C "$root" diff --name-only "$base" && git -C "$root" ls-files --others --exclude-standard; } | sort -u
}
