package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Secrets are compared by what takes as long for every difference ({@code MessageDigest.isEqual},
 * and what is made of it): {@code equals} on anything that is named like one is found in the
 * sources, where the names are.
 */
class ConstantTimeTest {
    private static final Path SOURCES = Path.of("src/main/java");

    private static final String SECRET =
            "(?i:secret|signature|passcode|password|verifier|csrf|hmac|digest|hash|nonce|thumbprint)";

    private static final Pattern COMPARED =
            Pattern.compile(
                    "\\w*"
                            + SECRET
                            + "\\w*(\\(\\w*\\))?(\\.get\\(\\))?\\.(equals|contentEquals)\\("
                            + "|(\\.equals|Objects\\.equals|Arrays\\.equals)\\((\\w+\\.)*\\w*"
                            + SECRET
                            + "\\w*\\b(?!\")");

    /** No secrets, or both of them the caller's own. */
    private static final List<String> NONE =
            List.of(
                    // Which way a client shows its secret.
                    ".secretMethod().equals(",
                    // Both were shown by the same caller.
                    "password.equals(present)");

    @Test
    void secretsAreNotComparedByEquals() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            assertThat(
                            files.filter(file -> file.toString().endsWith(".java"))
                                    .flatMap(ConstantTimeTest::lines)
                                    .filter(line -> COMPARED.matcher(line).find())
                                    .filter(line -> NONE.stream().noneMatch(line::contains)))
                    .isEmpty();
        }
    }

    @Test
    void theRuleFindsWhatItIsFor() {
        assertThat(
                        List.of(
                                "if (secret.equals(given)) {",
                                "return given.equals(client.secretHash());",
                                "found.secretHash().equals(hash(given))",
                                "Arrays.equals(hmac, made)"))
                .allMatch(line -> COMPARED.matcher(line).find());
        assertThat(List.of("path.endsWith(\"/password\")", "name.equals(\"password\")"))
                .noneMatch(line -> COMPARED.matcher(line).find());
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> file.getFileName() + ": " + line.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
