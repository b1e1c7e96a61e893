package cloud.welkin.host.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The head of a qcow2 file, version 3: enough to make an empty image, with or without a backing
 * file, without running a program, and to read the size of one.
 *
 * <p>An image made here is a header, a table of refcounts with one block, and an L1 table without
 * entries; clusters have 64 KiB.
 *
 * @see <a href="https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.txt">The
 *     format</a>
 */
record Qcow2(long size, Optional<Path> backingFile, long incompatibleFeatures) {

    private static final int MAGIC = 0x514649fb;
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;
    private static final int HEADER = 104;
    private static final int LONGEST_NAME = 1023;
    private static final int BACKING_FORMAT = 0xE2792ACA;

    /** What one entry of the L1 table covers: a cluster full of entries for clusters. */
    private static final long L1_REACH = (long) (CLUSTER / 8) * CLUSTER;

    private static final int DATA_FILE = 1 << 2;

    /** Reads the header; empty when the file is not a qcow2 image. */
    static Optional<Qcow2> read(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel);
        }
    }

    private static Optional<Qcow2> read(FileChannel channel) throws IOException {
        ByteBuffer head = bytes(channel, 0, HEADER);
        if (head.limit() < 72 || head.getInt(0) != MAGIC) {
            return Optional.empty();
        }
        int version = head.getInt(4);
        long features = version >= 3 && head.limit() >= 80 ? head.getLong(72) : 0;
        return version == 2 || version == 3
                ? Optional.of(new Qcow2(head.getLong(24), backing(channel, head), features))
                : Optional.empty();
    }

    private static Optional<Path> backing(FileChannel channel, ByteBuffer head) throws IOException {
        if (head.getLong(8) == 0) {
            return Optional.empty();
        }
        if (head.getLong(8) < 0 || head.getInt(16) < 0 || head.getInt(16) > LONGEST_NAME) {
            throw new IOException("not a name of a backing file");
        }
        ByteBuffer name = bytes(channel, head.getLong(8), head.getInt(16));
        try {
            return Optional.of(Path.of(StandardCharsets.UTF_8.decode(name).toString()));
        } catch (InvalidPathException strange) {
            throw new IOException("not a name of a backing file", strange);
        }
    }

    private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
            // A short read is not the end.
        }
        return bytes.flip();
    }

    /** Whether it needs another file than itself: an image of a tenant must not. */
    boolean namesOtherFiles() {
        return backingFile.isPresent() || (incompatibleFeatures & DATA_FILE) != 0;
    }

    /** Whether it needs none but itself and one in this folder. */
    boolean isComplete(Path images) {
        return (incompatibleFeatures & DATA_FILE) == 0
                && backingFile.stream().allMatch(file -> file.normalize().startsWith(images));
    }

    /** Makes an empty image without a backing file. */
    static void create(Path file, long size) throws IOException {
        create(file, size, new byte[0], new byte[0]);
    }

    /** Makes an empty image over a backing file. */
    static void create(Path file, long size, Path backing, String format) throws IOException {
        create(
                file,
                size,
                backing.toString().getBytes(StandardCharsets.UTF_8),
                format.getBytes(StandardCharsets.US_ASCII));
    }

    private static void create(Path file, long size, byte[] backing, byte[] format)
            throws IOException {
        if (backing.length > LONGEST_NAME) {
            throw new IOException("the backing file's path is too long");
        }
        int l1Entries = Math.toIntExact((size + L1_REACH - 1) / L1_REACH);
        int l1Clusters = Math.max(1, (l1Entries * 8 + CLUSTER - 1) / CLUSTER);
        ByteBuffer head = ByteBuffer.allocate(3 * CLUSTER);
        int extension = format.length == 0 ? 0 : 8 + (format.length + 7) / 8 * 8;
        head.putInt(MAGIC)
                .putInt(3)
                .putLong(backing.length == 0 ? 0 : HEADER + extension + 8)
                .putInt(backing.length)
                .putInt(CLUSTER_BITS)
                .putLong(size)
                .putInt(0) // not encrypted
                .putInt(l1Entries)
                .putLong(3L * CLUSTER) // the L1 table
                .putLong(CLUSTER) // the refcount table
                .putInt(1) // its clusters
                .putInt(0) // snapshots
                .putLong(0)
                .putLong(0) // incompatible, compatible, autoclear features
                .putLong(0)
                .putLong(0)
                .putInt(4) // refcounts of 16 bits
                .putInt(HEADER);
        if (format.length > 0) {
            head.putInt(BACKING_FORMAT).putInt(format.length).put(format);
            head.position(HEADER + extension);
        }
        head.putInt(0).putInt(0).put(backing); // no further extensions; then the name
        head.putLong(CLUSTER, 2L * CLUSTER); // the refcount block
        for (int cluster = 0; cluster < 3 + l1Clusters; cluster++) {
            head.putShort(2 * CLUSTER + 2 * cluster, (short) 1);
        }
        head.position(0);
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (head.hasRemaining()) {
                channel.write(head);
            }
            // The L1 table is zeros; the file just has to be long enough.
            channel.write(ByteBuffer.allocate(1), (3L + l1Clusters) * CLUSTER - 1);
        }
    }
}
