package cloud.welkin.host.libvirt;

/** Traffic of one disk since the guest started; -1 where the driver does not count. */
public record BlockStatistics(
        long readRequests, long readBytes, long writeRequests, long writeBytes, long errors) {

    static final long SIZE = 40;
}
