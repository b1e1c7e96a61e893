package cloud.welkin.identity;

import cloud.welkin.identity.IsolationStage.Kind;
import cloud.welkin.identity.IsolationStage.Whose;
import cloud.welkin.testing.IsolationContract;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

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
