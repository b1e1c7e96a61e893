package cloud.welkin.image.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageInspectorTest {
    @TempDir Path folder;

    /** What {@code qemu-img create -f qcow2 x 1G} writes, in short. */
    private static ByteBuffer qcow2() {
        ByteBuffer header = ByteBuffer.allocate(4 << 16).order(ByteOrder.BIG_ENDIAN);
        header.put(0, new byte[] {'Q', 'F', 'I', (byte) 0xfb});
        header.putInt(4, 3).putInt(20, 16).putLong(24, 1L << 30);
        header.putInt(36, 2).putLong(40, 3 << 16).putLong(48, 1 << 16).putInt(56, 1);
        header.putInt(96, 4).putInt(100, 112);
        return header;
    }

    private Inspection inspect(byte[] bytes) {
        try {
            return ImageInspector.inspect(Files.write(folder.resolve("image"), bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Inspection with(Consumer<ByteBuffer> change) {
        ByteBuffer header = qcow2();
        change.accept(header);
        byte[] bytes = new byte[header.capacity()];
        header.get(0, bytes);
        return inspect(bytes);
    }

    @Test
    void aSoundQcow2TellsItsVirtualSize() {
        assertThat(with(header -> {})).isEqualTo(new Inspection.Sound("qcow2", 1L << 30));
        assertThat(with(header -> header.putInt(4, 2).putInt(100, 0)))
                .isEqualTo(new Inspection.Sound("qcow2", 1L << 30));
    }

    @Test
    void aQcow2ThatOpensAnotherFileIsUnsafe() {
        assertThat(with(header -> header.putLong(8, 200).putInt(16, 11)))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(16, 11))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putLong(72, 4))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(112, 0x44415441).putInt(116, 8)))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(112, 0xE2792ACA).putInt(116, 3)))
                .isInstanceOf(Inspection.Unsafe.class);
        // hidden behind a harmless extension
        assertThat(
                        with(
                                header ->
                                        header.putInt(112, 0x6803f857)
                                                .putInt(116, 13)
                                                .putInt(136, 0x44415441)
                                                .putInt(140, 8)))
                .isInstanceOf(Inspection.Unsafe.class);
    }

    @Test
    void aQcow2WithNumbersThatCannotBeIsUnsafe() {
        assertThat(with(header -> header.putInt(4, 4))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(20, 3))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(20, 63))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putLong(24, -1))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putLong(24, Long.MAX_VALUE)))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(32, 1))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(36, -1))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(36, 1))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putLong(40, 1L << 40)))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putLong(48, -5))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(100, 7))).isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putLong(72, 1 << 30)))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(with(header -> header.putInt(112, 5).putInt(116, -1)))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(inspect(new byte[] {'Q', 'F', 'I', (byte) 0xfb}))
                .isInstanceOf(Inspection.Unsafe.class);
    }

    @Test
    void anythingWithoutAHeaderIsRaw() {
        assertThat(inspect(new byte[0])).isEqualTo(new Inspection.Sound("raw", 0));
        assertThat(inspect(new byte[777])).isEqualTo(new Inspection.Sound("raw", 777));
    }

    @Test
    void anIsoIsKnownByItsVolumeDescriptor() {
        byte[] iso = new byte[40_000];
        System.arraycopy("CD001".getBytes(StandardCharsets.US_ASCII), 0, iso, 0x8001, 5);
        assertThat(inspect(iso)).isEqualTo(new Inspection.Sound("iso", 40_000));
    }

    @Test
    void aVmdkThatNamesOtherFilesIsUnsafe() {
        assertThat(
                        inspect(
                                "# Disk DescriptorFile\nRW 1 FLAT \"/etc/passwd\" 0"
                                        .getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(vmdk("createType=\"monolithicFlat\"\nRW 8 FLAT \"/etc/passwd\" 0\n"))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(vmdk("createType=\"monolithicSparse\"\nRW 8 SPARSE \"/etc/passwd\"\n"))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(vmdk("createType=\"monolithicSparse\"\nRW 8 SPARSE \"a\"\nRW 8 FLAT \"b\"\n"))
                .isInstanceOf(Inspection.Unsafe.class);
        assertThat(vmdk("createType=\"streamOptimized\"\nRW 8 SPARSE \"disk.vmdk\"\n"))
                .isEqualTo(new Inspection.Sound("vmdk", 4096));
    }

    private Inspection vmdk(String descriptor) {
        ByteBuffer file = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        file.put(0, "KDMV".getBytes(StandardCharsets.US_ASCII));
        file.putInt(4, 1).putLong(12, 8).putLong(28, 1).putLong(36, 2);
        file.put(512, descriptor.getBytes(StandardCharsets.US_ASCII));
        return inspect(file.array());
    }

    @Test
    void overlaysOfOtherFormatsAreUnsafe() {
        ByteBuffer vdi = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        vdi.putInt(0x40, 0xBEDA107F).putInt(0x4C, 4);
        assertThat(inspect(vdi.array())).isInstanceOf(Inspection.Unsafe.class);
        vdi.putInt(0x4C, 1).putLong(0x170, 4096);
        assertThat(inspect(vdi.array())).isEqualTo(new Inspection.Sound("vdi", 4096));
        ByteBuffer vhd = ByteBuffer.allocate(1024).order(ByteOrder.BIG_ENDIAN);
        vhd.put(0, "conectix".getBytes(StandardCharsets.US_ASCII)).putInt(60, 4);
        assertThat(inspect(vhd.array())).isInstanceOf(Inspection.Unsafe.class);
    }

    @Test
    void theHeaderDecidesWhatDataMayBeCalled() {
        assertThat(ImageInspector.matches("raw", "qcow2")).isFalse();
        assertThat(ImageInspector.matches("ami", "qcow2")).isFalse();
        assertThat(ImageInspector.matches("qcow2", "raw")).isFalse();
        assertThat(ImageInspector.matches("ari", "raw")).isTrue();
        assertThat(ImageInspector.matches("iso", "iso")).isTrue();
    }

    @RepeatedTest(20)
    void noHeaderBreaksTheInspector() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[][] magics = {
            {'Q', 'F', 'I', (byte) 0xfb, 0, 0, 0, 3},
            {'K', 'D', 'M', 'V', 1, 0, 0, 0},
            "vhdxfile".getBytes(StandardCharsets.US_ASCII),
            "conectix".getBytes(StandardCharsets.US_ASCII)
        };
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[random.nextInt(300_000)];
            random.nextBytes(bytes);
            byte[] magic = magics[i % magics.length];
            System.arraycopy(magic, 0, bytes, 0, Math.min(magic.length, bytes.length));
            assertThat(inspect(bytes)).as("seed %d", seed).isNotNull();
        }
    }
}
