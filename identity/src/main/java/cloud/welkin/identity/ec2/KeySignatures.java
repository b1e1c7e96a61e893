package cloud.welkin.identity.ec2;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.auth.Proof;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Credential;
import cloud.welkin.identity.domain.Ec2Key;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.ProjectId;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who signed a request with an EC2 credential: what Keystone's /v3/ec2tokens and /v3/s3tokens
 * answer, and what the object store asks here inside the program.
 *
 * <p>The session is for the credential's project, with what the user may do there at that moment; a
 * credential that was made with a trust, an application credential or an OAuth 1 access token gives
 * no more, and no longer, than that (OSSA-2013-032, OSSA-2020-004).
 */
public final class KeySignatures {
    /** As Keystone names the method; such tokens are for the services, not for Keystone itself. */
    public static final String METHOD = "ec2credential";

    private static final Logger log = LoggerFactory.getLogger(KeySignatures.class);
    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

    private final Database database;
    private final Clock clock;
    private final Duration longest;
    private final Authentication authentication;
    private final FailedSignIns failures;
    private final Stores stores;

    /**
     * @param longest how old a signature may be that says when it was made
     */
    public KeySignatures(
            Database database,
            Clock clock,
            Duration longest,
            Authentication authentication,
            FailedSignIns failures,
            Stores stores) {
        this.database = database;
        this.clock = clock;
        this.longest = longest;
        this.authentication = authentication;
        this.failures = failures;
        this.stores = stores;
    }

    private record Found(Credential credential, Ec2Key key, ProjectId project) {}

    /**
     * The session of whoever signed.
     *
     * @throws Failure 404 when there is no such access key; 401 when the signature is not of it or
     *     too old, or its user may do nothing in its project; 429 after too many of these
     */
    public Session session(KeySigned signed) {
        return counted(signed, this::issue);
    }

    /**
     * As {@link #session}, with what more the sender signs by the same key: the pieces of a body.
     *
     * @param day of the credential's scope, and its region and service
     */
    public Signing signing(KeySigned signed, String day, String region, String service) {
        return counted(
                signed,
                found -> {
                    String secret = found.key().secret();
                    return new Signing(
                            issue(found),
                            text -> Hmac.version4(secret, day, region, service, text));
                });
    }

    /**
     * Somebody who signs on.
     *
     * @param sign the signature of version 4 of a text, lower-case hex
     */
    public record Signing(Session session, UnaryOperator<String> sign) {}

    private <T> T counted(KeySigned signed, Function<Found, T> then) {
        // The services ask from few addresses for everybody: each key is counted for itself.
        String counted = "ec2: " + signed.access();
        failures.require(counted, counted);
        try {
            Found found = found(signed);
            requireCurrent(signed);
            return then.apply(found);
        } catch (Failure failure) {
            if (failure.kind() == FailureKind.UNAUTHORIZED
                    || failure.kind() == FailureKind.NOT_FOUND) {
                log.info("a signature of {} is refused: {}", signed, failure.text());
                failures.failed(counted, counted);
            }
            throw failure;
        }
    }

    private Found found(KeySigned signed) {
        Found found =
                database.read(tx -> stores.credentials().ofAccess(tx, signed.access()))
                        .flatMap(KeySignatures::read)
                        .orElseThrow(() -> Failure.notFound("EC2 access key not found."));
        if (signed.signature().isEmpty()) {
            throw Failure.unauthorized("EC2 signature not supplied.");
        }
        if (found.key().secret().isEmpty() || !signed.signedWith(found.key().secret())) {
            throw Failure.unauthorized("Invalid EC2 signature.");
        }
        return found;
    }

    private static Optional<Found> read(Credential credential) {
        return Ec2Key.of(credential.blob())
                .flatMap(
                        key ->
                                credential
                                        .project()
                                        .map(project -> new Found(credential, key, project)));
    }

    /** One that does not say when it was made was meant to be good for long, as in Keystone. */
    private void requireCurrent(KeySigned signed) {
        Instant now = clock.instant();
        Optional<Instant> made = signed.stamp().map(KeySignatures::instant);
        // One of the far future would be good until then.
        if (made.filter(at -> Duration.between(at, now).abs().compareTo(longest) > 0).isPresent()
                || signed.end()
                        .map(KeySignatures::instant)
                        .filter(end -> !now.isBefore(end))
                        .isPresent()) {
            throw Failure.unauthorized("Credential is expired");
        }
    }

    private static Instant instant(String text) {
        try {
            if (text.indexOf('-') < 0) {
                return LocalDateTime.parse(text, BASIC).toInstant(ZoneOffset.UTC);
            }
            return text.matches(".*T.*(Z|[+-]\\d\\d:?\\d\\d)")
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw Failure.unauthorized("Credential timestamp is invalid");
        }
    }

    private Session issue(Found found) {
        Ec2Key.Delegation limits = found.key().limits();
        if (limits.trust().isPresent()) {
            String id = limits.trust().get();
            Trust trust = database.read(tx -> trust(tx, found, id));
            return authentication.issueOfTrust(Proof.of(trust.trustee(), METHOD), id);
        }
        return authentication.issue(database.read(tx -> proof(tx, found)));
    }

    private Trust trust(Tx tx, Found found, String id) {
        return stores.trusts()
                .find(tx, id)
                .filter(trust -> trust.user().equals(found.credential().user()))
                .filter(trust -> trust.project().equals(Optional.of(found.project())))
                .orElseThrow(Failure::unauthorized);
    }

    private Proof proof(Tx tx, Found found) {
        Ec2Key.Delegation limits = found.key().limits();
        Optional<ApplicationCredential> credential =
                limits.applicationCredential().map(id -> applicationCredential(tx, found, id));
        Optional<OauthToken> access = limits.accessToken().map(id -> access(tx, found, id));
        return new Proof(
                found.credential().user(),
                Set.of(METHOD),
                credential
                        .flatMap(ApplicationCredential::expiresAt)
                        .or(() -> access.flatMap(OauthToken::expiresAt))
                        .orElse(Instant.MAX),
                List.of(),
                credential,
                false,
                Optional.of(AssignmentTarget.project(found.project().value())),
                access.map(token -> Map.of(TokenPayload.ACCESS_TOKEN, token.id()))
                        .orElse(Map.of()));
    }

    private ApplicationCredential applicationCredential(Tx tx, Found found, String id) {
        return stores.applicationCredentials()
                .find(tx, id)
                .filter(credential -> credential.user().equals(found.credential().user()))
                .filter(credential -> credential.project().equals(found.project()))
                .filter(credential -> !credential.expired(clock.instant()))
                .orElseThrow(Failure::unauthorized);
    }

    private OauthToken access(Tx tx, Found found, String id) {
        return stores.oauth()
                .access(tx, id)
                .filter(token -> token.user().equals(Optional.of(found.credential().user())))
                .filter(token -> token.project().equals(found.project()))
                .filter(token -> !token.expired(clock.instant()))
                .orElseThrow(Failure::unauthorized);
    }
}
