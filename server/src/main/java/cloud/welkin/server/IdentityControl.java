package cloud.welkin.server;

import cloud.welkin.identity.IdentityService;
import cloud.welkin.identity.domain.SamlKey;
import cloud.welkin.identity.domain.TokenKey;
import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.settings.Durations;
import cloud.welkin.server.UnixHttp.Answer;
import cloud.welkin.server.UnixHttp.Question;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** What {@code ./welkin audit} and {@code keys} ask. */
final class IdentityControl {
    private static final int USUAL = 100;

    private final IdentityService identity;
    private final Clock clock;

    IdentityControl(IdentityService identity, Clock clock) {
        this.identity = identity;
        this.clock = clock;
    }

    /** The events asked for, one a line, as CADF's JSON. */
    Answer audit(Question question) {
        AuditStore.Filter filter;
        try {
            Query query = Query.parse(question.query());
            filter =
                    new AuditStore.Filter(
                            query.text("since")
                                    .map(Durations::parse)
                                    .map(ago -> clock.instant().minus(ago)),
                            query.text("action"),
                            query.text("outcome"),
                            query.text("user"),
                            query.text("target"),
                            query.integer("limit").orElse(USUAL));
        } catch (IllegalArgumentException | Failure e) {
            return Answer.text(400, e.getMessage() + "\n");
        }
        StringBuilder text = new StringBuilder();
        identity.audit().find(filter).forEach(event -> text.append(event).append('\n'));
        return Answer.text(200, text.toString());
    }

    /** The keys of tokens and of SAML; a POST rotates those that the query names first. */
    Answer keys(Question question) {
        StringBuilder text = new StringBuilder();
        if (question.method().equals("POST")) {
            Optional<String> which = Query.parse(question.query()).text("rotate");
            switch (which.orElse("")) {
                case "tokens" -> {
                    identity.keys().rotateTokens();
                    text.append("rotated; tokens of before stay good\n");
                }
                case "credentials" ->
                        text.append(
                                "rotated; %d changed%n"
                                        .formatted(identity.keys().rotateCredentials()));
                case "saml" ->
                        text.append(
                                switch (identity.rotateSamlKeys()) {
                                    case STAGED ->
                                            "staged; when all partners have read the metadata"
                                                    + " again, rotate again\n";
                                    case PROMOTED ->
                                            "rotated; the key of before stays in the"
                                                    + " metadata while anything is good that it signed\n";
                                });
                default -> {
                    return Answer.text(400, "rotate tokens, credentials or saml\n");
                }
            }
        }
        for (TokenKey key : identity.keys().ofTokens()) {
            text.append(
                    line(
                            "token key %-4d".formatted(key.id()),
                            key.stage(),
                            key.created(),
                            key.promoted(),
                            key.retired()));
        }
        for (SamlKey key : identity.samlKeys().shown()) {
            text.append(
                    line(
                            "SAML key %s".formatted(key.id()),
                            key.stage(),
                            key.createdAt(),
                            key.promoted(),
                            key.retired()));
        }
        return Answer.text(200, text.toString());
    }

    private static String line(
            String key,
            String stage,
            Instant made,
            Optional<Instant> promoted,
            Optional<Instant> retired) {
        return "%s %-9s made %s%s%s%n"
                .formatted(
                        key,
                        stage,
                        Times.seconds(made),
                        promoted.map(since -> ", signed from " + Times.seconds(since)).orElse(""),
                        retired.map(end -> " to " + Times.seconds(end)).orElse(""));
    }
}
