#!/bin/bash
# A libvirtd of its own for one test: mount, PID and network namespaces, its directories under $1.
#   contained-libvirtd.sh DIR    prints "ready" when its socket (DIR/run/libvirt-sock) listens,
#                                ends, with all its guests, when its standard input is closed
set -eu
dir=$1
mkdir -p "$dir"/{etc/qemu/networks,run,lib,cache,disks} "$dir"/log/{qemu,lxc,libxl}
cat > "$dir/etc/libvirtd.conf" <<C
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_group = "root"
host_uuid = "$(cat /proc/sys/kernel/random/uuid)"
max_client_requests = 40
max_workers = 40
C
cat > "$dir/etc/qemu.conf" <<C
user = "root"
group = "root"
dynamic_ownership = 0
security_driver = "none"
cgroup_controllers = []
max_core = 0
stdio_handler = "file"
C
mkdir -p /etc/libvirt /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
cat > "$dir/start.sh" <<'S'
dir=$1
mount --make-rprivate /
for pair in etc:/etc/libvirt run:/run/libvirt lib:/var/lib/libvirt log:/var/log/libvirt cache:/var/cache/libvirt; do
  mount --bind "$dir/${pair%%:*}" "${pair#*:}"
done
# Debian's libvirt looks up its own account even when it is told another one; libvirt-daemon alone does not bring it.
for line in passwd:libvirt-qemu:x:0:0:::/usr/sbin/nologin group:libvirt-qemu:x:0:; do
  file=${line%%:*}
  getent "$file" libvirt-qemu > /dev/null && continue
  { cat "/etc/$file"; echo "${line#*:}"; } > "$dir/$file"
  mount --bind "$dir/$file" "/etc/$file"
done
mount -t proc proc /proc
ip link set lo up
/usr/sbin/libvirtd -d -p /run/libvirt/libvirtd.pid
# bash stays PID 1 of the namespace: it reaps dead guests at once, and takes all with it when it is killed
while :; do sleep 3600 & wait $!; done
S
# A PID namespace of its own: killing its init takes libvirtd and every guest along.
unshare -m -u -n -p --fork --kill-child bash "$dir/start.sh" "$dir" > "$dir/out" 2>&1 < /dev/null &
space=$!
trap 'kill -9 $space 2>/dev/null || true; wait $space 2>/dev/null || true' EXIT
tries=0
until [ -S "$dir/run/libvirt-sock" ]; do
  sleep 0.05
  tries=$((tries + 1))
  if [ $tries -gt 600 ] || ! kill -0 $space 2>/dev/null; then cat "$dir/out" >&2; exit 1; fi
done
echo ready
while read -r command; do
  case $command in
  kill-daemon) # the daemon dies, guests live
    kill -9 "$(pgrep -P "$(pgrep -P $space | head -1)" -x libvirtd)" || true
    echo done ;;
  esac
done
