package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.domain.User;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is forgotten of sessions, and what is not. */
class KnownSessionsTest {
    private static final DomainId DOMAIN = new DomainId("default");
    private static final UserId ANN = new UserId("ann");
    private static final UserId BOB = new UserId("bob");
    private static final ProjectId ONE = new ProjectId("one");
    private static final ProjectId TWO = new ProjectId("two");

    private final KnownSessions known = new KnownSessions();

    private void keep(String token, UserId user, Optional<ProjectId> project, boolean lent) {
        known.keep(token, session(token, user, project, lent), known.asOf());
    }

    private boolean knows(String token) {
        return known.find(token).isPresent();
    }

    @Test
    void aChangeOfOneUserLeavesOthersSessions() {
        keep("ann", ANN, Optional.of(ONE), false);
        keep("bob", BOB, Optional.of(ONE), false);
        known.changed(ANN);
        assertThat(knows("ann")).isFalse();
        assertThat(knows("bob")).isTrue();
        keep("ann", ANN, Optional.of(ONE), false);
        assertThat(knows("ann")).isTrue();
    }

    @Test
    void aChangeOfAnyUserEndsWhatWasLent() {
        keep("lent", ANN, Optional.of(ONE), true);
        known.changed(BOB);
        assertThat(knows("lent")).isFalse();
    }

    @Test
    void aChangeOfOneProjectLeavesThoseOfOthers() {
        keep("one", ANN, Optional.of(ONE), false);
        keep("two", ANN, Optional.of(TWO), false);
        keep("none", ANN, Optional.empty(), false);
        known.changed(ONE);
        assertThat(knows("one")).isFalse();
        assertThat(knows("two")).isTrue();
        assertThat(knows("none")).isTrue();
    }

    @Test
    void aChangeOfEverythingLeavesNothing() {
        keep("ann", ANN, Optional.empty(), false);
        known.changed();
        assertThat(knows("ann")).isFalse();
        keep("ann", ANN, Optional.empty(), false);
        assertThat(knows("ann")).isTrue();
    }

    @Test
    void whatAChangeOvertookIsNotKnown() {
        for (Runnable change :
                List.<Runnable>of(
                        known::changed, () -> known.changed(ANN), () -> known.changed(ONE))) {
            long before = known.asOf();
            change.run();
            known.keep("late", session("late", ANN, Optional.of(ONE), false), before);
            assertThat(knows("late")).isFalse();
        }
    }

    @Test
    void changesOfMoreUsersThanAreRememberedForgetEverything() {
        keep("bob", BOB, Optional.empty(), false);
        long before = known.asOf();
        known.changed(ANN);
        for (int i = 0; i <= KnownSessions.MOST_CHANGES; i++) {
            known.changed(new UserId("user" + i));
        }
        assertThat(knows("bob")).isFalse();
        known.keep("late", session("late", ANN, Optional.empty(), false), before);
        assertThat(knows("late")).isFalse();
        keep("ann", ANN, Optional.empty(), false);
        assertThat(knows("ann")).isTrue();
    }

    private static Session session(
            String token, UserId id, Optional<ProjectId> project, boolean lent) {
        User user =
                new User(
                        id,
                        DOMAIN,
                        id.value(),
                        true,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Instant.EPOCH,
                        Map.of(),
                        Map.of(),
                        Optional.empty());
        Scope scope =
                project.<Scope>map(one -> new Scope.Project(one, DOMAIN))
                        .orElseGet(Scope.Unscoped::new);
        return new Session(
                new TokenPayload(
                        id.value(),
                        List.of("password"),
                        project.map(one -> AssignmentTarget.project(one.value())),
                        Instant.EPOCH,
                        Instant.MAX,
                        List.of("audit"),
                        Optional.empty(),
                        lent ? Optional.of("trust") : Optional.empty(),
                        Map.of()),
                new Caller(
                        id,
                        DOMAIN,
                        scope,
                        Set.of(),
                        Set.of(),
                        new Caller.Token(token, "audit", Optional.empty())),
                user,
                place(new ProjectId(DOMAIN.value()), true),
                project.map(one -> place(one, false)),
                project.map(one -> place(new ProjectId(DOMAIN.value()), true)),
                List.of(),
                true,
                Optional.empty(),
                lent
                        ? Optional.of(
                                new Trust(
                                        "trust",
                                        id,
                                        BOB,
                                        project,
                                        true,
                                        Optional.empty(),
                                        Optional.empty(),
                                        0,
                                        Optional.empty(),
                                        List.of()))
                        : Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of());
    }

    private static Project place(ProjectId id, boolean isDomain) {
        return new Project(
                id,
                DOMAIN,
                Optional.empty(),
                id.value(),
                "",
                true,
                isDomain,
                List.of(),
                Map.of(),
                Map.of());
    }
}
