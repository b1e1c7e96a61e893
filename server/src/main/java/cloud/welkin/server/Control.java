package cloud.welkin.server;

import cloud.welkin.kernel.doctor.Diagnosis;
import cloud.welkin.kernel.doctor.Doctor;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.server.UnixHttp.Answer;
import cloud.welkin.server.UnixHttp.Question;
import java.util.List;
import java.util.function.Supplier;

/**
 * What {@code ./welkin status}, {@code doctor}, {@code policy}, {@code audit} and {@code keys} ask,
 * answered as the text that they print.
 */
final class Control {
    /** One part of the program or an engine of its host. */
    record Part(String name, boolean well, String detail) {}

    private final Supplier<List<Part>> parts;
    private final Doctor doctor;
    private final PolicyControl policy;
    private final IdentityControl identity;

    Control(
            Supplier<List<Part>> parts,
            Doctor doctor,
            PolicyControl policy,
            IdentityControl identity) {
        this.parts = parts;
        this.doctor = doctor;
        this.policy = policy;
        this.identity = identity;
    }

    Answer answer(Question question) {
        return switch (question.path()) {
            case "/status" -> status();
            case "/doctor" -> examine();
            case "/policy" -> policy.rules();
            case "/policy/check" -> policy.check(question);
            case "/audit" -> identity.audit(question);
            case "/keys" -> identity.keys(question);
            default -> Answer.text(404, "no such question\n");
        };
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
