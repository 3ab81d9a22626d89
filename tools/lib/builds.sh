# shellcheck shell=bash
# Building what has changed. Needs $root; each function is quick when there is nothing to do.
: "${root:?}"

# A Beast file takes about half a gigabyte: on a small server memory, not cores, is the limit.
build_jobs() {
  local available_kib jobs cores
  available_kib=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
  jobs=$((available_kib / 1024 / 700))
  cores=$(nproc)
  ((jobs < cores)) || jobs=$cores
  echo $((jobs < 1 ? 1 : jobs))
}

# build_backend PRESET [TARGET]
build_backend() {
  local preset=$1 target=${2:-all} build=$root/build/$1
  if [[ ! -f $build/build.ninja ]]; then
    say "Configuring the back end ($preset)"
    (cd "$root/backend" && cmake --preset "$preset" >/dev/null) || return 1
  fi
  (cd "$root/backend" && CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime \
    nice cmake --build "$build" --target "$target" -j "$(build_jobs)")
}

# install_node_modules FOLDER: npm ci when the lock file has changed; npm ci itself removes the stamp.
install_node_modules() {
  local folder=$root/$1 sum
  local stamp=$folder/node_modules/.installed
  sum=$(cat "$folder/package.json" "$folder/package-lock.json" | sha256sum)
  [[ $(cat "$stamp" 2>/dev/null) != "$sum" ]] || return 0
  say "Installing npm packages for $1"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) >&2 || return 1
  printf '%s\n' "$sum" >"$stamp"
}

page_sum() {
  (cd "$root/frontend" && find . \( -name node_modules -o -name build -o -name .svelte-kit -o -name test-results \) -prune \
    -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
}

build_page() {
  local sum
  local stamp=$root/build/page.sum
  install_node_modules frontend || return 1
  sum=$(page_sum)
  [[ ! -f $root/frontend/build/index.js || $(cat "$stamp" 2>/dev/null) != "$sum" ]] || return 0
  say "Building the page"
  (cd "$root/frontend" && nice npm run --silent build) >&2 || return 1
  mkdir -p "$root/build"
  printf '%s\n' "$sum" >"$stamp"
}

# The Node that the page brings along; Debian's own is too old for it.
page_node() {
  local own=$root/frontend/node_modules/.bin/node
  if [[ -x $own ]]; then echo "$own"; else command -v node; fi
}
