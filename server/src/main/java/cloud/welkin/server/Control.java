package cloud.welkin.server;

import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.doctor.Diagnosis;
import cloud.welkin.kernel.doctor.Doctor;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Explanation;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.PolicyFile;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.server.UnixHttp.Answer;
import cloud.welkin.server.UnixHttp.Question;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What {@code ./welkin status}, {@code doctor}, {@code policy}, {@code audit} and {@code keys} ask,
 * answered as the text that they print.
 */
final class Control {
    /** One part of the program or an engine of its host. */
    record Part(String name, boolean well, String detail) {}

    static final String RULE = "X-Policy-Rule";
    static final String TARGET = "X-Policy-Target";
    static final String TOKEN = "X-Auth-Token";

    private final Supplier<List<Part>> parts;
    private final Doctor doctor;
    private final Policy policy;
    private final Authenticator authenticator;
    private final IdentityControl identity;

    Control(
            Supplier<List<Part>> parts,
            Doctor doctor,
            Policy policy,
            Authenticator authenticator,
            IdentityControl identity) {
        this.parts = parts;
        this.doctor = doctor;
        this.policy = policy;
        this.authenticator = authenticator;
        this.identity = identity;
    }

    Answer answer(Question question) {
        return switch (question.path()) {
            case "/status" -> status();
            case "/doctor" -> examine();
            case "/policy" -> Answer.text(200, PolicyFile.sample(policy.rules()));
            case "/policy/check" -> check(question);
            case "/audit" -> identity.audit(question);
            case "/keys" -> identity.keys(question);
            default -> Answer.text(404, "no such question\n");
        };
    }

    /** Says of a token's caller which parts of a rule hold; 403 when the rule does not. */
    private Answer check(Question question) {
        String rule = question.header().apply(RULE).orElse("");
        if (!policy.knows(rule)) {
            return Answer.text(
                    404, "there is no rule %s: ./welkin policy lists them%n".formatted(rule));
        }
        Map<String, String> target = new LinkedHashMap<>();
        for (String pair : question.header().apply(TARGET).orElse("").split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                target.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        Caller caller;
        try {
            // No request is checked but a rule: access rules of application credentials are not
            // asked.
            caller =
                    authenticator.authenticate(
                            question.header().apply(TOKEN).orElse(""),
                            Optional.empty(),
                            "GET",
                            "/");
        } catch (Failure refused) {
            return Answer.text(401, "the token is not good: %s%n".formatted(refused.getMessage()));
        }
        Explanation explanation = policy.explain(rule, caller, new Target(target));
        return Answer.text(
                explanation.holds() ? 200 : 403,
                "user %s, %s, roles %s%n%s"
                        .formatted(
                                caller.user(),
                                caller.scope(),
                                new TreeSet<>(caller.roles()),
                                explanation.text()));
    }

    private Answer status() {
        StringBuilder text = new StringBuilder();
        boolean well = true;
        for (Part part : parts.get()) {
            well &= part.well();
            text.append(
                    "%-14s %-5s %s%n"
                            .formatted(part.name(), part.well() ? "up" : "DOWN", part.detail()));
        }
        return Answer.text(well ? 200 : 503, text.toString());
    }

    private Answer examine() {
        StringBuilder text = new StringBuilder();
        List<Diagnosis> diagnoses = doctor.examine();
        long broken = diagnoses.stream().filter(diagnosis -> !diagnosis.healthy()).count();
        for (Diagnosis diagnosis : diagnoses) {
            text.append(
                    "%-6s %s: %s%n"
                            .formatted(
                                    diagnosis.healthy() ? "ok" : "BROKEN",
                                    diagnosis.invariant().service(),
                                    diagnosis.invariant().name()));
            if (!diagnosis.healthy()) {
                text.append("       ").append(diagnosis.invariant().explains()).append('\n');
                diagnosis
                        .failure()
                        .ifPresent(
                                why ->
                                        text.append("       could not be checked: ")
                                                .append(why)
                                                .append('\n'));
                for (Finding finding : diagnosis.findings()) {
                    text.append(
                            "       - %s: %s; %s%n"
                                    .formatted(finding.wrong(), finding.ids(), finding.heals()));
                }
            }
        }
        text.append("%d invariants, %d broken%n".formatted(diagnoses.size(), broken));
        return Answer.text(broken == 0 ? 200 : 503, text.toString());
    }
}
