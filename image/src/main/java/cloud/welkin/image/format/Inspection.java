package cloud.welkin.image.format;

/** What a look at the data of an image found. */
public sealed interface Inspection {
    /**
     * Sound as far as its header tells.
     *
     * @param format what it really is: raw for anything without a known header
     * @param virtualSize bytes of the disk that a guest would see
     */
    record Sound(String format, long virtualSize) implements Inspection {}

    /**
     * Not to be kept.
     *
     * @param why for the owner of the image
     */
    record Unsafe(String format, String why) implements Inspection {}
}
