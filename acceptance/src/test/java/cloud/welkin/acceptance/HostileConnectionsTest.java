package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RealCloud
class HostileConnectionsTest {
    private static final int IDLE = 10_000;

    private final CloudUnderTest cloud;

    @TempDir Path work;

    HostileConnectionsTest(CloudUnderTest cloud) {
        this.cloud = cloud;
    }

    /** Told in advance by its length, or found out while it comes. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: application/json", "Transfer-Encoding: chunked"})
    void aGigabyteOfJsonIsRefusedWithoutBeingRead(String header) throws IOException {
        Path gigabyte = work.resolve("gigabyte");
        try (RandomAccessFile file = new RandomAccessFile(gigabyte.toFile(), "rw")) {
            file.setLength(1 << 30);
        }
        for (String path :
                List.of(
                        "/compute/v2.1/servers",
                        "/network/v2.0/networks",
                        "/volume/v3/volumes",
                        "/identity/v3/projects",
                        "/image/v2/images")) {
            Command.Output output =
                    Command.of(
                                    "curl",
                                    "-s",
                                    "-o",
                                    "/dev/null",
                                    "-w",
                                    "%{http_code} %{size_upload}",
                                    "-X",
                                    "POST",
                                    "-H",
                                    "Expect:",
                                    "-H",
                                    "X-Auth-Token: " + cloud.rest().token(),
                                    "-H",
                                    "Content-Type: application/json",
                                    "-H",
                                    header,
                                    "-T",
                                    gigabyte.toString(),
                                    cloud.origin() + path)
                            .within(Duration.ofSeconds(90))
                            .run();
            String[] answer = output.out().split(" ", -1);
            assertThat(answer[0]).as(path).isEqualTo("413");
            assertThat(Long.parseLong(answer[1])).as(path).isLessThan(1 << 26);
        }
    }

    @Test
    void tenThousandIdleConnectionsKeepNobodyFromBeingAnswered() throws IOException {
        Assumptions.assumeTrue(openFiles() > IDLE + 500, "this process may open too few files");
        List<SocketChannel> idle = new ArrayList<>();
        try {
            for (int i = 0; i < IDLE; i++) {
                SocketChannel channel =
                        SocketChannel.open(
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(), cloud.port()));
                idle.add(channel);
                if (i % 2 == 0) {
                    channel.write(ByteBuffer.wrap("GET /heal".getBytes(StandardCharsets.US_ASCII)));
                }
            }
            for (int i = 0; i < 20; i++) {
                cloud.rest().get("/network/v2.0/networks?limit=1").expect(200);
            }
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
        cloud.rest().get("/network/v2.0/networks?limit=1").expect(200);
    }

    private static long openFiles() throws IOException {
        Matcher limit =
                Pattern.compile("Max open files +([0-9]+)")
                        .matcher(Files.readString(Path.of("/proc/self/limits")));
        return limit.find() ? Long.parseLong(limit.group(1)) : 0;
    }
}
