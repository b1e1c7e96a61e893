# The first process of a contained host, started in fresh mount, UTS and PID namespaces and in the host's network namespace.
# Usage: bash init.sh STATE LOGS NAME
# It makes the host's own /run, libvirt folders, /proc and /sys, says who it is in STATE/init.pid, and then reaps orphans: a
# QEMU that ends is gone at once, and when this process is killed the kernel kills all others with it.
set -eu
state=$1 logs=$2 name=$3

exec 9> "$state/init.lock"
flock -n 9 || exit 75

# /proc is still the machine's: the first field is our process id as the machine sees it, field 22 when we began.
read -r -a self < /proc/self/stat
read -r boot < /proc/sys/kernel/random/boot_id

hostname "$name"
mkdir -p "$state"/run/{libvirt,openvswitch,ovn,lock} "$state"/{lib,cache}/libvirt "$state/etc/libvirt/qemu/networks" "$state/cgroup" \
    "$logs"/libvirt/{qemu,lxc,libxl}
bind() {
    [ -d "$2" ] || mkdir -p "$2"
    mount --bind "$1" "$2"
}
bind "$state/etc/libvirt" /etc/libvirt
bind "$state/lib/libvirt" /var/lib/libvirt
bind "$state/cache/libvirt" /var/cache/libvirt
bind "$logs/libvirt" /var/log/libvirt
bind "$state/run" /run
mount -t proc proc /proc

# The devices in /sys/class/net are those of the network namespace in which sysfs was mounted; the control groups move over.
mount --rbind /sys/fs/cgroup "$state/cgroup"
if mount -t sysfs sysfs /sys; then
    mount --rbind "$state/cgroup" /sys/fs/cgroup
fi
umount -l "$state/cgroup"

# libvirt asks every emulator that it finds for its abilities, seconds for each: it shall find one.
for emulator in /usr/bin/qemu-system-*; do
    case $emulator in
    */qemu-system-x86_64 | *'*') ;;
    *) mount --bind /dev/null "$emulator" ;;
    esac
done

printf '%s %s %s\n' "${self[0]}" "${self[21]}" "$boot" > "$state/init.pid.new"
mv "$state/init.pid.new" "$state/init.pid"
while :; do
    sleep 86400 9>&- &
    wait $!
done
