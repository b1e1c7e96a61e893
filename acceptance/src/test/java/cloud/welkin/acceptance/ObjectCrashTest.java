package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The program is killed among uploads, overwrites and deletes of all sizes. What was acknowledged
 * is there and whole; nothing is listed that nobody sent; what is listed can be read.
 */
class ObjectCrashTest {
    private static final int KILLS = Integer.getInteger("welkin.kills.objects", 4);
    private static final int UPLOADS_BETWEEN = 2500;
    private static final int CLIENTS = 12;
    private static final int NAMES = 4000;

    private final HttpClient http = HttpClient.newHttpClient();

    /** What is known of a name: the last acknowledged state, and whether a later one was tried. */
    private static final class Known {
        int acknowledged;
        final Set<Integer> tried = ConcurrentHashMap.newKeySet();
    }

    private final Map<Integer, Known> names = new ConcurrentHashMap<>();
    private final AtomicInteger states = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void whatWasAcknowledgedSurvivesAndNothingElseAppears() throws Exception {
        try (CloudUnderTest cloud = CloudUnderTest.onSimulatedHosts()) {
            // What the kill cut off, the database's end of it and ours.
            cloud.announceErrors("connection|Connection");
            String base = container(cloud);
            for (int kill = 0; kill < KILLS; kill++) {
                AtomicBoolean killed = new AtomicBoolean();
                List<Thread> clients = new ArrayList<>();
                String token = cloud.rest().token();
                for (int client = 0; client < CLIENTS; client++) {
                    int which = client;
                    Random random = new Random(kill * 100L + client);
                    clients.add(
                            Thread.ofVirtual()
                                    .start(() -> work(base, token, which, random, killed)));
                }
                int goal = done.get() + UPLOADS_BETWEEN;
                Await.until(
                        "uploads are under way",
                        java.time.Duration.ofMinutes(2),
                        () -> done.get() >= goal);
                cloud.kill();
                killed.set(true);
                for (Thread client : clients) {
                    client.join();
                }
                cloud.up();
                mustHold(base, cloud.rest().token());
            }
            assertThat(done.get()).isGreaterThanOrEqualTo(KILLS * UPLOADS_BETWEEN);
        }
    }

    private String container(CloudUnderTest cloud) throws IOException, InterruptedException {
        String project = cloud.cli().json("token", "issue").path("project_id").asString("");
        String base = cloud.origin() + "/object-store/v1/AUTH_" + project + "/crash";
        HttpRequest make =
                request(base, cloud.rest().token())
                        .PUT(HttpRequest.BodyPublishers.noBody())
                        .build();
        assertThat(http.send(make, BodyHandlers.discarding()).statusCode()).isEqualTo(201);
        return base;
    }

    private static HttpRequest.Builder request(String url, String token) {
        return HttpRequest.newBuilder(URI.create(url)).header("X-Auth-Token", token);
    }

    /**
     * A state's bytes, which tell whose they are: of the size and content that its number means.
     */
    private static byte[] body(int state) {
        Random random = new Random(state);
        int size = state % 50 == 0 ? 300_000 : 1 + random.nextInt(state % 5 == 0 ? 80_000 : 4096);
        byte[] body = new byte[size];
        random.nextBytes(body);
        return body;
    }

    /** Each client has names of its own, so that it knows what was last. */
    private void work(String base, String token, int client, Random random, AtomicBoolean killed) {
        while (!killed.get()) {
            int name = client + CLIENTS * random.nextInt(NAMES / CLIENTS);
            Known known = names.computeIfAbsent(name, key -> new Known());
            boolean deletes = random.nextInt(10) == 0 && known.acknowledged > 0;
            int state = deletes ? 0 : states.incrementAndGet();
            known.tried.add(state);
            HttpRequest.Builder request = request(base + "/o" + name, token);
            try {
                int status =
                        http.send(
                                        deletes
                                                ? request.DELETE().build()
                                                : request.PUT(
                                                                HttpRequest.BodyPublishers
                                                                        .ofByteArray(body(state)))
                                                        .build(),
                                        BodyHandlers.discarding())
                                .statusCode();
                if (status == 201 || status == 204) {
                    known.acknowledged = state;
                    known.tried.clear();
                    done.incrementAndGet();
                }
            } catch (IOException e) {
                // The program is gone, or going: whether that one was done is not known.
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void mustHold(String base, String token) throws IOException, InterruptedException {
        Set<String> listed =
                Set.copyOf(
                        http.send(
                                        request(base + "?limit=10000", token).build(),
                                        BodyHandlers.ofString())
                                .body()
                                .lines()
                                .toList());
        for (String name : listed) {
            assertThat(names).containsKey(Integer.parseInt(name.substring(1)));
        }
        for (Map.Entry<Integer, Known> entry : names.entrySet()) {
            String name = "o" + entry.getKey();
            Known known = entry.getValue();
            HttpResponse<byte[]> read =
                    http.send(
                            request(base + "/" + name, token).build(), BodyHandlers.ofByteArray());
            Set<Integer> possible = ConcurrentHashMap.newKeySet();
            possible.add(known.acknowledged);
            possible.addAll(known.tried);
            assertThat(listed.contains(name)).as(name).isEqualTo(read.statusCode() == 200);
            if (read.statusCode() == 200) {
                int found =
                        possible.stream()
                                .filter(it -> it > 0)
                                .filter(it -> java.util.Arrays.equals(body(it), read.body()))
                                .findFirst()
                                .orElseThrow(
                                        () -> new AssertionError(name + " is none of its states"));
                known.acknowledged = found;
            } else {
                assertThat(read.statusCode()).as(name).isEqualTo(404);
                assertThat(possible).as(name).contains(0);
                known.acknowledged = 0;
            }
            known.tried.clear();
        }
    }
}
