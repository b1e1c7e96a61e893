package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.SamlKey;
import cloud.welkin.identity.saml.SamlKeys.Rotated;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The keys that SAML's messages are signed with, and their rotation. */
class SamlKeysTest {
    private final Keystone keystone = new Keystone();

    @AfterEach
    void close() {
        keystone.close();
    }

    private List<String> published() {
        Matcher found =
                Pattern.compile("<ds:X509Certificate>([^<]+)")
                        .matcher(
                                new String(
                                        keystone.api
                                                .get(Keystone.V3 + "/OS-FEDERATION/saml2/metadata")
                                                .send()
                                                .expect(200)
                                                .body(),
                                        StandardCharsets.UTF_8));
        return found.results().map(one -> one.group(1)).toList();
    }

    private String signing() {
        return keystone.service.samlKeys().signing().certificate();
    }

    private int tend() {
        return keystone.service.reconcilers().stream()
                .filter(one -> one.name().equals("identity SAML keys"))
                .findFirst()
                .orElseThrow()
                .reconcile()
                .changed();
    }

    @Test
    void theNextKeyIsPublishedBeforeItSignsAndTheOneBeforeUntilItIsNoMoreNeeded() {
        assertThat(keystone.service.samlKeys().shown()).isEmpty();
        String first = published().getFirst();
        assertThat(published()).containsExactly(first);
        assertThat(signing()).isEqualTo(first);

        assertThat(keystone.service.rotateSamlKeys()).isEqualTo(Rotated.STAGED);
        assertThat(signing()).isEqualTo(first);
        assertThat(published()).hasSize(2).startsWith(first);
        String second = published().getLast();

        assertThat(keystone.service.rotateSamlKeys()).isEqualTo(Rotated.PROMOTED);
        assertThat(signing()).isEqualTo(second);
        assertThat(published()).containsExactlyInAnyOrder(first, second);
        // An assertion of the last moment is good for an hour; replicas and clocks may be behind.
        keystone.clock.move(Duration.ofHours(2));
        assertThat(tend()).isZero();
        assertThat(published()).hasSize(2);
        keystone.clock.move(Duration.ofHours(2));
        assertThat(tend()).isEqualTo(1);
        assertThat(tend()).isZero();
        assertThat(published()).containsExactly(second);
    }

    @Test
    void everyReplicaSignsWithTheSameKey() {
        String signing = signing();
        try (IdentityService other = keystone.replica()) {
            assertThat(other.samlKeys().signing().certificate()).isEqualTo(signing);
            other.rotateSamlKeys();
            other.rotateSamlKeys();
            assertThat(signing()).isNotEqualTo(signing);
            assertThat(signing()).isEqualTo(other.samlKeys().signing().certificate());
        }
    }

    @Test
    void theyOutliveTheKeysThatTheyAreEncryptedWith() {
        keystone.service.rotateSamlKeys();
        List<String> before =
                keystone.service.samlKeys().shown().stream().map(SamlKey::privateKey).toList();
        keystone.service.keys().rotateCredentials();
        keystone.service.keys().rotateCredentials();
        assertThat(keystone.service.samlKeys().shown().stream().map(SamlKey::privateKey))
                .containsExactlyElementsOf(before)
                .hasSize(2);
    }
}
