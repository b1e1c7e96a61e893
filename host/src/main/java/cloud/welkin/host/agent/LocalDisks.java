package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredGuest.LocalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Makes ephemeral disks (empty qcow2) and swap disks (sparse, formatted as mkswap does). */
final class LocalDisks {

    private static final int PAGE = 4096;
    private static final int FIRST_FIELD = 1024;

    private LocalDisks() {}

    static String format(LocalDisk disk) {
        return disk.swap() ? "raw" : "qcow2";
    }

    static void create(Path file, LocalDisk disk) throws IOException {
        long size = Math.multiplyExact(disk.sizeMib(), 1L << 20);
        if (!disk.swap()) {
            Qcow2.create(file, size);
            return;
        }
        ByteBuffer head = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        UUID uuid = UUID.randomUUID();
        head.position(FIRST_FIELD);
        head.putInt(1).putInt(Math.toIntExact(size / PAGE - 1)).putInt(0);
        head.order(ByteOrder.BIG_ENDIAN)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits());
        head.position(PAGE - 10);
        head.put("SWAPSPACE2".getBytes(StandardCharsets.US_ASCII)).flip();
        try (var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            while (head.hasRemaining()) {
                channel.write(head);
            }
            channel.write(ByteBuffer.allocate(1), size - 1);
        }
    }
}
