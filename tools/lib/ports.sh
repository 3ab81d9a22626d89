# shellcheck shell=bash
# TCP ports of this machine, read from the kernel's own table: no program to install, nothing is connected to.

# listening_inodes PORT: the sockets that listen on it, over IPv4 and IPv6.
listening_inodes() {
  local hex
  printf -v hex ':%04X' "$1"
  awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { print $10 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

port_is_free() { [[ -z $(listening_inodes "$1") ]]; }

# port_owner PORT: "nginx (process 812)" as far as we may see it.
port_owner() {
  local inode link pid
  inode=$(listening_inodes "$1" | head -n 1)
  link=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null || true)
  pid=${link#/proc/} pid=${pid%%/*}
  if [[ -n $pid ]]; then
    echo "$(cat "/proc/$pid/comm") (process $pid)"
  else
    echo "another program"
  fi
}

# free_port FROM: the first free one from there on.
free_port() {
  local port=$1
  until port_is_free "$port"; do port=$((port + 1)); done
  echo "$port"
}
