package cloud.welkin.identity.auth;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OauthConsumer;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.store.OauthStore;
import cloud.welkin.kernel.failure.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks what OAuth 1's consumers sign: the consumer's and the token's secret, a timestamp that is
 * near, a nonce that was not seen before. Keystone passes over the last two.
 */
public final class OauthSignatures {
    private static final Logger log = LoggerFactory.getLogger(OauthSignatures.class);
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int LONGEST_NONCE = 255;
    private static final String NO_SECRET = "";

    private final Clock clock;
    private final OauthStore store;

    public OauthSignatures(Clock clock, OauthStore store) {
        this.clock = clock;
        this.store = store;
    }

    /**
     * @param token that the consumer signs with beside its own secret
     * @return the consumer
     * @throws Failure 401, the reason in the log alone
     */
    public OauthConsumer check(Tx tx, SignedRequest request, Optional<OauthToken> token) {
        Optional<OauthConsumer> consumer =
                request.parameter("oauth_consumer_key").flatMap(id -> store.consumer(tx, id));
        Optional<Instant> stamp = request.parameter("oauth_timestamp").flatMap(this::near);
        Optional<String> nonce =
                request.parameter("oauth_nonce").filter(text -> text.length() <= LONGEST_NONCE);
        boolean right =
                request.signedWith(
                        consumer.map(OauthConsumer::secret).orElse(NO_SECRET),
                        token.map(OauthToken::secret).orElse(NO_SECRET));
        if (!right
                || consumer.isEmpty()
                || stamp.isEmpty()
                || nonce.isEmpty()
                || token.filter(t -> !t.consumer().equals(consumer.get().id())).isPresent()) {
            log.info("a signature of OAuth 1 is refused");
            throw Failure.unauthorized("Invalid signature");
        }
        if (!store.use(
                tx,
                consumer.get().id(),
                token.map(OauthToken::id).orElse(""),
                stamp.get(),
                nonce.get(),
                WINDOW.multipliedBy(2))) {
            log.warn("a signed request of consumer {} was replayed", consumer.get().id());
            throw Failure.unauthorized("Invalid signature");
        }
        return consumer.get();
    }

    private Optional<Instant> near(String seconds) {
        try {
            Instant stamp = Instant.ofEpochSecond(Long.parseLong(seconds));
            return Optional.of(stamp)
                    .filter(
                            time ->
                                    Duration.between(time, clock.instant()).abs().compareTo(WINDOW)
                                            <= 0);
        } catch (NumberFormatException | java.time.DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
