package cloud.welkin.kernel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Dispatcher;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.RequestLog;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class HttpServerTest {
    record Echo(String text) {}

    private static final String OK = "{\"text\": \"hello\"}";
    private static final long FILE = 300L << 20;

    private final TestDatabase database = TestDatabase.with("kernel");
    private final CountDownLatch uploadBegan = new CountDownLatch(1);
    @TempDir static Path directory = Path.of("");
    private final HttpServer server = server();

    private HttpServer server() {
        List<Operation> operations =
                List.of(
                        Operation.post("/echo")
                                .openToAll()
                                .doc("…")
                                .body(Echo.class)
                                .status(200)
                                .computes((call, body) -> body),
                        Operation.get("/hello")
                                .openToAll()
                                .doc("…")
                                .reads((call, tx) -> new Echo("hello")),
                        Operation.get("/names/{name}")
                                .openToAll()
                                .doc("…")
                                .reads((call, tx) -> new Echo(call.path("name"))),
                        Operation.put("/upload").openToAll().doc("…").streams(this::upload),
                        Operation.put("/refuse")
                                .openToAll()
                                .doc("…")
                                .streams(
                                        (call, exchange) -> {
                                            throw Failure.forbidden("No.");
                                        }),
                        Operation.get("/file").openToAll().doc("…").streams(this::file),
                        Operation.get("/lost")
                                .openToAll()
                                .doc("…")
                                .streams(
                                        (call, exchange) ->
                                                exchange.answerFile(
                                                        200,
                                                        Map.of(),
                                                        directory.resolve("lost"),
                                                        0,
                                                        10)),
                        Operation.get("/broken")
                                .openToAll()
                                .doc("…")
                                .streams(HttpServerTest::broken));
        Api api =
                new Api(
                        "test",
                        "/test",
                        false,
                        Optional.empty(),
                        ErrorForm.keystone(),
                        1000,
                        operations,
                        List.of());
        return new HttpServer(
                new HttpSettings("127.0.0.1", 0, Duration.ofSeconds(20)),
                new Dispatcher(
                        List.of(api),
                        Policy.of(List.of(), Map.of()),
                        database.database(),
                        new Callers(),
                        "http://cloud.test",
                        new RequestLog(new SimpleMeterRegistry())),
                jetty -> List.of());
    }

    private void upload(Call call, Exchange exchange) {
        try (InputStream in = exchange.body();
                OutputStream out = count(in, exchange)) {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OutputStream count(InputStream in, Exchange exchange) throws IOException {
        uploadBegan.countDown();
        long count = 0;
        byte[] buffer = new byte[65_536];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            count += n;
        }
        return exchange.answer(201, Map.of("x-count", Long.toString(count)));
    }

    private void file(Call call, Exchange exchange) {
        exchange.answerFile(
                200,
                Map.of("Content-Type", "application/octet-stream"),
                directory.resolve("large"),
                10,
                FILE);
    }

    private static void broken(Call call, Exchange exchange) {
        try {
            OutputStream out = exchange.answer(200, Map.of("Content-Length", "1000000"));
            out.write(new byte[100_000]);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("the disk is gone");
    }

    @BeforeAll
    void start() throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("large").toFile(), "rw")) {
            file.setLength(FILE + 100);
        }
        server.start();
    }

    @AfterAll
    void stop() {
        server.close();
        database.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream()
                .write(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** One answer: its head and, as far as Content-Length says, its body. */
    private static String answer(Socket socket) throws IOException {
        return answer(socket, true);
    }

    private static String answer(Socket socket, boolean withBody) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        var length = java.util.regex.Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        if (withBody && length.find()) {
            head.append(
                    new String(
                            in.readNBytes(Integer.parseInt(length.group(1))),
                            StandardCharsets.UTF_8));
        }
        return head.toString();
    }

    private String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            send(socket, request);
            return answer(socket);
        }
    }

    private static String post(String headers, String body) {
        return "POST /test/echo HTTP/1.1\nHost: x\n" + headers + "\n" + body;
    }

    @Test
    void anOrdinaryRequestIsAnsweredAndTheConnectionKept() throws IOException {
        try (Socket socket = connect()) {
            for (int i = 0; i < 3; i++) {
                send(socket, post("Content-Type: application/json\nContent-Length: 17\n", OK));
                assertThat(answer(socket))
                        .startsWith("HTTP/1.1 200")
                        .contains("x-openstack-request-id")
                        .contains("hello");
            }
        }
    }

    @Test
    void framingThatTwoReadersCouldReadDifferentlyIsRefused() throws IOException {
        for (String headers :
                List.of(
                        "Content-Length: 17\nTransfer-Encoding: chunked\n",
                        "Transfer-Encoding: chunked\nContent-Length: 17\n",
                        "Content-Length: 17\nContent-Length: 18\n",
                        "Content-Length: -1\n",
                        "Content-Length: 1x\n",
                        "Content-Length: 99999999999999999999\n",
                        "Transfer-Encoding: chunked, identity\n",
                        "Transfer-Encoding: xchunked\n",
                        "Content-Length : 17\n",
                        "Host: y\n",
                        "X-Folded: a\n b\nContent-Length: 17\n",
                        "Bad Header: x\n",
                        "NoColon\n")) {
            assertThat(exchange(post(headers, OK))).as(headers).matches("(?s)HTTP/1.1 (400|501).*");
        }
    }

    @Test
    void brokenChunksAreRefused() throws IOException {
        for (String chunks :
                List.of("zz\n", "-5\nhello\n", "5\nhelloXX\n0\n\n", "fffffffffffffffff\n")) {
            assertThat(
                            exchange(
                                    post(
                                            "Content-Type: application/json\nTransfer-Encoding: chunked\n",
                                            chunks)))
                    .as(chunks)
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(
                        exchange(
                                post(
                                        "Transfer-Encoding: chunked\n",
                                        "5\n{\"tex\nc\nt\": \"hello\"}\n0\n\n")))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedBeforeItIsRead() throws IOException {
        assertThat(exchange(post("Content-Length: 1073741824\n", ""))).startsWith("HTTP/1.1 413");
        try (Socket socket = connect()) {
            send(socket, post("Transfer-Encoding: chunked\n", "7d0\n" + " ".repeat(2000) + "\n"));
            assertThat(answer(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void aRefusedBodyDoesNotPoisonTheNextRequest() throws IOException {
        try (Socket socket = connect()) {
            String body = "GET /test/hello HTTP/1.1 is not what this is";
            send(
                    socket,
                    post(
                            "Content-Type: text/plain\nContent-Length: " + body.length() + "\n",
                            body));
            assertThat(answer(socket)).startsWith("HTTP/1.1 415");
            send(socket, post("Content-Length: 5\n", "{\"a\":"));
            assertThat(answer(socket)).startsWith("HTTP/1.1 400");
            send(socket, "PUT /test/refuse HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello");
            assertThat(answer(socket)).startsWith("HTTP/1.1 403");
            send(socket, "GET /test/nothing HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello");
            assertThat(answer(socket)).startsWith("HTTP/1.1 404");
            send(socket, "GET /test/hello HTTP/1.1\nHost: x\n\n");
            assertThat(answer(socket)).startsWith("HTTP/1.1 200").contains("hello");
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOnOnlyAfterTheChecks() throws IOException {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "PUT /test/upload HTTP/1.1\nHost: x\nContent-Length: 5\nExpect: 100-continue\n\n");
            assertThat(answer(socket)).startsWith("HTTP/1.1 100");
            send(socket, "hello");
            assertThat(answer(socket))
                    .startsWith("HTTP/1.1 201")
                    .containsIgnoringCase("x-count: 5");
        }
        try (Socket socket = connect()) {
            send(
                    socket,
                    "PUT /test/refuse HTTP/1.1\nHost: x\nContent-Length: 5\nExpect: 100-continue\n\n");
            assertThat(answer(socket)).startsWith("HTTP/1.1 403");
        }
        try (Socket socket = connect()) {
            send(socket, post("Content-Length: 5000\nExpect: 100-continue\n", ""));
            assertThat(answer(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void aFloodOfHeadersIsRefused() throws IOException {
        assertThat(
                        exchange(
                                "GET /test/hello HTTP/1.1\nHost: x\nX-Large: "
                                        + "x".repeat(60_000)
                                        + "\n\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(
                        exchange(
                                "GET /test/hello HTTP/1.1\nHost: x\n"
                                        + "X-Many: y\n".repeat(20_000)
                                        + "\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(exchange("GET /test/" + "x".repeat(100_000) + " HTTP/1.1\nHost: x\n\n"))
                .startsWith("HTTP/1.1 414");
    }

    @Test
    void headHasTheHeadersOfGetAndNoBody() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "HEAD /test/hello HTTP/1.1\nHost: x\n\n");
            assertThat(answer(socket, false))
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("content-length: 16");
            send(socket, "HEAD /test/nothing HTTP/1.1\nHost: x\n\n");
            assertThat(answer(socket, false)).startsWith("HTTP/1.1 404");
            send(socket, "GET /test/hello HTTP/1.1\nHost: x\n\n");
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void pathsAreTakenAsTheyCome() throws IOException {
        assertThat(exchange("GET /test/names/a%2Fb%20c HTTP/1.1\nHost: x\n\n")).contains("a/b c");
        assertThat(exchange("GET /test/names/.. HTTP/1.1\nHost: x\n\n")).contains("\"..\"");
        assertThat(exchange("GET /test/names/a%2e%2e%2fb HTTP/1.1\nHost: x\n\n")).contains("a../b");
        assertThat(exchange("GET /test//hello HTTP/1.1\nHost: x\n\n")).startsWith("HTTP/1.1 404");
        assertThat(exchange("GET /test/names/%zz HTTP/1.1\nHost: x\n\n"))
                .startsWith("HTTP/1.1 400");
        assertThat(exchange("GET /elsewhere HTTP/1.1\nHost: x\n\n"))
                .startsWith("HTTP/1.1 404")
                .contains("\"error\"");
        String wrongMethod = exchange("DELETE /test/hello HTTP/1.1\nHost: x\n\n");
        assertThat(wrongMethod).startsWith("HTTP/1.1 405").contains("Allow: GET, HEAD");
    }

    @Test
    void anAnswerThatCannotBeFinishedBreaksTheConnection() {
        assertThatThrownBy(
                        () ->
                                HttpClient.newHttpClient()
                                        .send(
                                                HttpRequest.newBuilder(uri("/test/broken")).build(),
                                                HttpResponse.BodyHandlers.ofByteArray()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFileThatIsGoneIsAnErrorAndNotABrokenAnswer() throws IOException {
        assertThat(exchange("GET /test/lost HTTP/1.1\nHost: x\n\n")).startsWith("HTTP/1.1 500");
    }

    @Test
    void largeFilesAndUploadsPassWithoutBeingHeldInMemory() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /test/file HTTP/1.1\nHost: x\n\n");
            String head = answer(socket, false);
            assertThat(head)
                    .startsWith("HTTP/1.1 200")
                    .containsIgnoringCase("content-length: " + FILE);
            byte[] buffer = new byte[1 << 16];
            long most = 0;
            long left = FILE;
            while (left > 0) {
                int n =
                        socket.getInputStream()
                                .read(buffer, 0, (int) Math.min(left, buffer.length));
                assertThat(n).isPositive();
                left -= n;
                most = Math.max(most, used());
            }
            send(socket, "GET /test/hello HTTP/1.1\nHost: x\n\n");
            assertThat(answer(socket)).startsWith("HTTP/1.1 200");
            send(socket, "PUT /test/upload HTTP/1.1\nHost: x\nContent-Length: " + FILE + "\n\n");
            for (long sent = 0; sent < FILE; sent += buffer.length) {
                socket.getOutputStream().write(buffer);
            }
            assertThat(answer(socket))
                    .startsWith("HTTP/1.1 201")
                    .containsIgnoringCase("x-count: " + FILE);
            System.gc();
            assertThat(used()).isLessThan(FILE);
        }
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void theSecondVersionOfHttpIsSpokenOnTheSamePort() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(uri("/test/hello")).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(response.body()).contains("hello");
        }
    }

    @Test
    void whoStillSendsWhatIsRefusedGetsTheAnswer() throws Exception {
        byte[] chunk = new byte[(1 << 16) + 9];
        byte[] size = "10000\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, chunk, 0, size.length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        for (int i = 0; i < 10; i++) {
            try (Socket socket = connect()) {
                send(
                        socket,
                        post("Content-Type: application/json\nTransfer-Encoding: chunked\n", ""));
                for (int sent = 0; sent < 512; sent++) {
                    socket.getOutputStream().write(chunk);
                }
                assertThat(answer(socket)).startsWith("HTTP/1.1 413");
            }
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedOverTheSecondVersionTooAndTheConnectionGoesOn()
            throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpRequest hello = HttpRequest.newBuilder(uri("/test/hello")).build();
            for (int i = 0; i < 30; i++) {
                client.send(hello, HttpResponse.BodyHandlers.ofString());
                HttpResponse<String> response =
                        client.send(
                                HttpRequest.newBuilder(uri("/test/echo"))
                                        .header("Content-Type", "application/json")
                                        .POST(
                                                HttpRequest.BodyPublishers.ofByteArray(
                                                        new byte[8 << 20]))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(response.statusCode()).isEqualTo(413);
            }
        }
    }

    @Test
    void thousandsOfIdleAndSlowConnectionsDoNotKeepOthersWaiting() throws Exception {
        List<SocketChannel> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 2000; i++) {
                SocketChannel channel =
                        SocketChannel.open(
                                new InetSocketAddress(
                                        InetAddress.getLoopbackAddress(), server.port()));
                idle.add(channel);
                if (i % 2 == 0) {
                    // Half of them have begun a request that they never finish.
                    channel.write(
                            java.nio.ByteBuffer.wrap(
                                    post("Content-Length: 17\n", "{")
                                            .replace("\n", "\r\n")
                                            .getBytes(StandardCharsets.UTF_8)));
                }
            }
            for (int i = 0; i < 20; i++) {
                assertThat(exchange("GET /test/hello HTTP/1.1\nHost: x\n\n"))
                        .startsWith("HTTP/1.1 200");
            }
        } finally {
            for (SocketChannel channel : idle) {
                channel.close();
            }
        }
        assertThat(exchange("GET /test/hello HTTP/1.1\nHost: x\n\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void aSlowClientIsServed() throws IOException {
        try (Socket socket = connect()) {
            socket.setTcpNoDelay(true);
            for (char c :
                    post("Content-Type: application/json\nContent-Length: 17\n", OK)
                            .toCharArray()) {
                send(socket, String.valueOf(c));
            }
            assertThat(answer(socket)).startsWith("HTTP/1.1 200").contains("hello");
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
