package cloud.welkin.host.libvirt;

/**
 * A picture of a guest's screen.
 *
 * @param mimeType such as {@code image/png} or {@code image/x-portable-pixmap}
 * @param image the picture; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // a large, short-lived buffer that nobody compares
public record Screenshot(String mimeType, byte[] image) {}
