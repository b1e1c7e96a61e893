package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainsTest {
    private static final String ID = "9aea63518f0040c6b4518d8d2242911c";

    private final Keystone keystone = new Keystone();
    private final String admin = keystone.admin();

    @AfterEach
    void close() {
        keystone.close();
    }

    @Test
    void aDomainMayHaveTheIdThatItHasElsewhereOnce() {
        String wanted = "{'domain': {'name': '%s', 'explicit_domain_id': '" + ID + "'}}";
        var made = keystone.post(admin, "/domains", wanted.formatted("one")).expect(201);
        assertThat(made.text("/domain/id")).isEqualTo(ID);
        assertThat(made.json().at("/domain").has("explicit_domain_id")).isFalse();
        keystone.get(admin, "/domains/" + ID).expect(200);
        keystone.post(admin, "/domains", wanted.formatted("two")).expect(409);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bad!",
                "",
                "9aea63518f0040c",
                "1234567890123456789012345678901234567890",
                "9AEA63518F0040C6B4518D8D2242911C"
            })
    void anIdThatIsNoneIsRefused(String id) {
        keystone.post(
                        admin,
                        "/domains",
                        "{'domain': {'name': 'd', 'explicit_domain_id': '" + id + "'}}")
                .expect(400);
    }
}
