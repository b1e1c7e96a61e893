package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.IsolationStage.Kind;
import cloud.welkin.identity.IsolationStage.Whose;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.IsolationContract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/**
 * Every operation × every role × every scope × things of one's own, of a neighbour, of strangers.
 */
@TestInstance(Lifecycle.PER_CLASS)
class IsolationTest {
    private static final List<Kind> KINDS =
            List.of(
                    new Kind("reader", "project"),
                    new Kind("member", "project"),
                    new Kind("manager", "project"),
                    new Kind("admin", "project"),
                    new Kind("service", "project"),
                    new Kind("", "nothing"),
                    new Kind("reader", "domain"),
                    new Kind("member", "domain"),
                    new Kind("manager", "domain"),
                    new Kind("admin", "domain"),
                    new Kind("reader", "system"),
                    new Kind("member", "system"),
                    new Kind("admin", "system"));

    private final Keystone keystone = new Keystone();

    @AfterAll
    void close() {
        keystone.close();
    }

    /** A list, the rule of one of its things, and what that rule compares, by where it stands. */
    private record Listed(String what, String rule, Map<String, String> compared) {
        Target target(JsonNode row) {
            Map<String, String> target = new HashMap<>();
            compared.forEach(
                    (attribute, pointer) -> {
                        if (row.at(pointer).isString()) {
                            target.put(attribute, row.at(pointer).asString());
                        }
                    });
            return new Target(target);
        }
    }

    private static final List<Listed> LISTS =
            List.of(
                    new Listed(
                            "users",
                            "identity:get_user",
                            Map.of(
                                    "target.user.id", "/id",
                                    "target.user.domain_id", "/domain_id")),
                    new Listed(
                            "groups",
                            "identity:get_group",
                            Map.of("target.group.domain_id", "/domain_id")),
                    new Listed(
                            "projects",
                            "identity:get_project",
                            Map.of(
                                    "target.project.id", "/id",
                                    "target.project.domain_id", "/domain_id")),
                    new Listed("domains", "identity:get_domain", Map.of("target.domain.id", "/id")),
                    new Listed(
                            "credentials",
                            "identity:get_credential",
                            Map.of("target.credential.user_id", "/user_id")));

    @TestFactory
    Stream<DynamicTest> listsShowNothingThatIsRefusedByItself() {
        return KINDS.stream()
                .flatMap(
                        kind ->
                                LISTS.stream()
                                        .map(
                                                list ->
                                                        DynamicTest.dynamicTest(
                                                                kind + " lists " + list.what(),
                                                                () -> listsNoMore(kind, list))));
    }

    private void listsNoMore(Kind kind, Listed list) {
        Policy policy =
                keystone.service.apis().stream()
                        .filter(api -> api.path().equals(Keystone.V3))
                        .map(api -> Policy.of(api.rules(), Map.of()))
                        .findFirst()
                        .orElseThrow();
        for (Whose whose : List.of(Whose.OWN, Whose.OF_THE_SAME_DOMAIN, Whose.OF_ANOTHER_DOMAIN)) {
            Caller caller = new IsolationStage(keystone, kind, whose).amongThings();
            ApiTester.Response answer =
                    keystone.api.get(Keystone.V3 + "/" + list.what()).by(caller).send();
            assertThat(answer.status()).isIn(200, 403);
            assertThat(answer.json().path(list.what()).valueStream())
                    .as("%s among things of %s", kind, whose)
                    .allMatch(row -> policy.allows(list.rule(), caller, list.target(row)));
        }
    }

    @TestFactory
    Stream<DynamicTest> nobodyReachesBeyondItsRules() {
        List<IsolationStage> stages =
                KINDS.stream()
                        .flatMap(
                                kind ->
                                        Stream.of(Whose.values())
                                                .map(
                                                        whose ->
                                                                new IsolationStage(
                                                                        keystone, kind, whose)))
                        .toList();
        return keystone.service.apis().stream()
                .flatMap(api -> new IsolationContract(keystone.api, api, stages).tests());
    }
}
