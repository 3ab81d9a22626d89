# shellcheck shell=bash
# The data directory of one panel: where it is, what lies in it.

# data_directory PATH: absolute, without links. It goes into Caddy's configuration and into Docker labels.
data_directory() {
  local path
  path=$(realpath -m "$1")
  [[ $path =~ ^/[A-Za-z0-9._/@+-]+$ ]] ||
    die "The data directory may hold letters, digits and . _ - + @ only, not: $path"
  printf '%s\n' "$path"
}

make_data_directory() {
  local data=$1
  (umask 077 && mkdir -p "$data") || die "The data directory $data cannot be made."
  chmod 700 "$data"
  mkdir -p "$data"/{run,log,caddy/sites,caddy/slots,caddy/storage}
}
