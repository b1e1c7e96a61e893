# Run inside a contained host before its libvirtd, as often as one likes.
# Usage: bash account.sh HOME UID GID
# Lets the account of the guests get to the home, and to KVM, within the host's own mounts: nothing of the machine changes.
set -eu
home=$1 uid=$2 gid=$3
as() { setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"; }

# A home below a folder that is closed to the account, as /root is: the folder is covered by one that has nothing in it but the way.
if ! as test -x "$home"; then
    closed=$home
    while parent=$(dirname "$closed") && ! as test -x "$parent"; do closed=$parent; done
    mount --bind "$home" /mnt
    mount -t tmpfs -o mode=0711,size=64k tmpfs "$closed"
    mkdir -p "$home"
    mount --bind /mnt "$home"
    umount /mnt
fi

# Debian's libvirt looks up its own account before it reads which one it is to use, and libvirt-daemon alone does not bring that one.
for file in passwd:libvirt-qemu:x:$uid:$gid:::/usr/sbin/nologin group:libvirt-qemu:x:$gid:; do
    line=${file#*:} file=${file%%:*}
    if ! getent "$file" libvirt-qemu > /dev/null; then
        { cat "/etc/$file"; echo "$line"; } > "/run/libvirt/$file"
        mount --bind "/run/libvirt/$file" "/etc/$file"
    fi
done

# A device of the account's own over the machine's, which belongs to root or to a group; not on the home, where devices may not work.
if [ -c /dev/kvm ] && ! as test -w /dev/kvm; then
    mkdir -p /run/kvm
    mount -t tmpfs -o mode=0711,size=64k tmpfs /run/kvm
    if mknod -m 0600 /run/kvm/kvm c 10 232; then
        chown "$uid:$gid" /run/kvm/kvm
        mount --bind /run/kvm/kvm /dev/kvm
    fi
fi
