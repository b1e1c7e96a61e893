package cloud.welkin.kernel.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cloud.welkin.kernel.failure.Failure;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
    private static final Operation STRICT =
            Operation.get("/x")
                    .openToAll()
                    .doc("…")
                    .params(
                            Param.text("name", "…"),
                            Param.integer("limit", "…"),
                            Param.bool("on", "…"),
                            Param.uuid("id", "…"),
                            Param.time("since", "…"),
                            Param.text("meta-*", "…"))
                    .reads((call, tx) -> "");
    private static final Operation LAX =
            Operation.get("/x").openToAll().doc("…").anyParam().reads((call, tx) -> "");

    private static Query query(String raw) {
        return Query.parse(Optional.of(raw));
    }

    @Test
    void namesAndValuesAreDecodedAndTheLastValueCounts() {
        Query query = query("name=a%20b&name=c+d&&flag&x=%E2%82%AC&tags=1&tags=2");
        assertThat(query.text("name")).contains("c d");
        assertThat(query.all("tags")).containsExactly("1", "2");
        assertThat(query.text("flag")).contains("");
        assertThat(query.text("x")).contains("€");
        assertThat(query.text("absent")).isEmpty();
        assertThat(Query.parse(Optional.empty()).values()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=x",
                "limit=-1",
                "limit=1.5",
                "limit=9223372036854775808",
                "limit=",
                "on=maybe",
                "on=",
                "id=5",
                "id=",
                "since=yesterday",
                "since=",
                "unknown=1",
                "name=a%00",
                "na%00me=1",
                "name=%zz",
                "name=%",
                "limit=1&limit=x",
                "meta=1"
            })
    void whatIsNotUnderstoodIsRefused(String raw) {
        Failure failure =
                catchThrowableOfType(
                        Failure.class, () -> QueryCheck.check(STRICT, query(raw), Versioning.NONE));
        assertThat(failure).as(raw).isNotNull();
        assertThat(failure.kind().status()).isEqualTo(400);
    }

    @Test
    void whatADeleteDoesNotKnowIsPassedOver() {
        Operation delete =
                Operation.delete("/x").openToAll().doc("…").writes((call, tx, body) -> "");
        QueryCheck.check(delete, query("format=json"), Versioning.NONE);
        assertThatThrownBy(() -> QueryCheck.check(delete, query("a=%00"), Versioning.NONE))
                .isInstanceOf(Failure.class);
    }

    @Test
    void whatIsDeclaredPasses() {
        QueryCheck.check(
                STRICT,
                query(
                        "name=&limit=0&on=Yes&id=0d5c1c2e-0000-4000-8000-000000000000&since=2026-01-01&meta-x=1"),
                Versioning.NONE);
        QueryCheck.check(LAX, query("whatever=1&more"), Versioning.NONE);
    }

    @Test
    void anOperationThatTakesAnyParameterStillTakesNoNul() {
        assertThat(
                        catchThrowableOfType(
                                Failure.class,
                                () -> QueryCheck.check(LAX, query("a=%00"), Versioning.NONE)))
                .isNotNull();
        assertThat(
                        catchThrowableOfType(
                                Failure.class,
                                () -> QueryCheck.check(LAX, query("%00=a"), Versioning.NONE)))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T02:46:19Z, 2026-11-23T02:46:19Z",
        "2026-11-23T02:46:19, 2026-11-23T02:46:19Z",
        "2026-11-23 02:46:19, 2026-11-23T02:46:19Z",
        "2026-11-23T02:46:19.5, 2026-11-23T02:46:19.500Z",
        "2026-11-23T02:46:19+02:00, 2026-11-23T00:46:19Z",
        "2026-11-23T02:46:19-0030, 2026-11-23T03:16:19Z",
        "2026-11-23T02:46, 2026-11-23T02:46:00Z",
        "2026-11-23, 2026-11-23T00:00:00Z",
    })
    void timesAreReadInEverySpellingOfTheField(String text, Instant expected) {
        assertThat(Times.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "2026",
                "2026-13-01",
                "2026-02-30T00:00:00",
                "2026-11-23T25:00:00Z",
                "23.11.2026",
                "2026-11-23T02:46:19+99:99",
                "+999999999-12-31T23:59:59+18:00",
                "-999999999-01-01T00:00:00-18:00"
            })
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> Times.parse(text)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void timesAreWrittenAsEachServiceWritesThem() {
        Instant time = Instant.parse("2026-11-23T02:46:19.123456789Z");
        assertThat(Times.seconds(time)).isEqualTo("2026-11-23T02:46:19Z");
        assertThat(Times.micros(time)).isEqualTo("2026-11-23T02:46:19.123456");
        assertThat(Times.microsZ(time)).isEqualTo("2026-11-23T02:46:19.123456Z");
    }
}
