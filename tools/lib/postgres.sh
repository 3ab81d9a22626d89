# shellcheck shell=bash
# A private PostgreSQL for tests and measurements: its own cluster in a temporary directory, on a unix socket only.
#
#   start_postgres      sets postgres_url (of its database "postgres")
#   stop_postgres       ends it and removes everything
#
# Its files are not synced (PANEL_POSTGRES_FSYNC=on: they are), so it forgets what it did when the machine loses power.

# shellcheck disable=SC2034 # read by the caller
postgres_directory='' postgres_url=''

# Debian keeps the programs of each version outside the path.
postgres_program() {
  local folder
  folder=$(find /usr/lib/postgresql -maxdepth 1 -mindepth 1 2>/dev/null | sort -V | tail -n 1)
  [[ -x $folder/bin/$1 ]] || { command -v "$1" || die "PostgreSQL's program $1 is missing."; return; }
  echo "$folder/bin/$1"
}

# PostgreSQL refuses root: then it belongs to nobody.
as_postgres() {
  if ((EUID == 0)); then
    (cd / && setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@")
  else
    "$@"
  fi
}

start_postgres() {
  local initdb pg_ctl
  initdb=$(postgres_program initdb) pg_ctl=$(postgres_program pg_ctl)
  postgres_directory=$(mktemp -d "${TMPDIR:-/tmp}/vps-panel-postgres-XXXXXX")
  ((EUID != 0)) || chown nobody:nogroup "$postgres_directory"
  as_postgres "$initdb" -D "$postgres_directory/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync \
    >"$postgres_directory.log" 2>&1 || { warn "PostgreSQL's initdb failed: $(tail -n 3 "$postgres_directory.log")"; return 1; }
  cat >>"$postgres_directory/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$postgres_directory'
max_connections = 200
shared_buffers = 64MB
fsync = ${PANEL_POSTGRES_FSYNC:-off}
full_page_writes = ${PANEL_POSTGRES_FSYNC:-off}
CONF
  as_postgres "$pg_ctl" -D "$postgres_directory/data" -l "$postgres_directory/log" -w -t 60 start >/dev/null ||
    { warn "PostgreSQL did not start: $(tail -n 5 "$postgres_directory/log")"; return 1; }
  # shellcheck disable=SC2034 # read by the caller
  postgres_url="postgresql://postgres@/postgres?host=$postgres_directory"
}

stop_postgres() {
  [[ -n $postgres_directory ]] || return 0
  as_postgres "$(postgres_program pg_ctl)" -D "$postgres_directory/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$postgres_directory" "$postgres_directory.log"
  postgres_directory=''
}
