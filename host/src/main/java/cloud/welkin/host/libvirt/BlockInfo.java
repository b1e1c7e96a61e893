package cloud.welkin.host.libvirt;

/**
 * Sizes of a disk, bytes (virDomainBlockInfo).
 *
 * @param capacity size that the guest sees
 * @param allocation highest byte written, or bytes used
 * @param physical size of the file or device on the host
 */
public record BlockInfo(long capacity, long allocation, long physical) {

    static final long SIZE = 24;
}
