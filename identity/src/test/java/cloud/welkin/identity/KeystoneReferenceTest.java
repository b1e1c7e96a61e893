package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.api.Api;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whether there is an operation for everything that Keystone's API reference names. */
class KeystoneReferenceTest {
    /** What is not there yet. Whoever adds one takes it from here. */
    private final Keystone keystone = new Keystone();

    @AfterEach
    void close() {
        keystone.close();
    }

    @Test
    void thereIsAnOperationForEverythingInTheReference() {
        Set<String> there =
                keystone.service.apis().stream()
                        .filter(api -> api.path().equals(Keystone.V3))
                        .flatMap(KeystoneReferenceTest::operations)
                        .collect(Collectors.toSet());
        Set<String> lacking = new TreeSet<>();
        for (String operation : lines("/keystone-reference.txt")) {
            String shape = shape(operation);
            // The router answers HEAD as it does GET.
            if (!there.contains(shape) && !there.contains(shape.replaceFirst("^HEAD ", "GET "))) {
                lacking.add(shape);
            }
        }
        assertThat(lacking).isEmpty();
    }

    static List<String> lines(String resource) {
        try (InputStream in =
                Objects.requireNonNull(KeystoneReferenceTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> operations(Api api) {
        return api.operations().stream().map(o -> shape(o.method() + " /v3" + o.path().text()));
    }

    /** Whatever the variables are called. */
    static String shape(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }
}
