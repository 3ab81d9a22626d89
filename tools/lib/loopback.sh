# shellcheck shell=bash
# Ports on 127.0.0.1 without a docker-proxy: the kernel sends them to the containers itself, for which Docker lets its bridges
# route addresses of the loopback.

# Inside some containers that setting may not be written.
may_route_loopback() { [[ -w /proc/sys/net/ipv4/conf/all/route_localnet ]]; }

# A bridge that routes them would also take packets for 127.0.0.1 from a container that may craft such, as steps of a build
# may, and reach what listens there for the server alone. None has any business to come from elsewhere than lo.
guard_loopback() {
  local rule=(PREROUTING ! -i lo -d 127.0.0.0/8 -j DROP)
  iptables -w -t raw -C "${rule[@]}" 2>/dev/null || iptables -w -t raw -I "${rule[@]}" 2>/dev/null
}
