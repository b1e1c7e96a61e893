package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.UrlTemplate;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UrlTemplateTest {
    private static final UserId USER = new UserId("u1");
    private static final Optional<ProjectId> PROJECT = Optional.of(new ProjectId("p1"));

    @ParameterizedTest
    @CsvSource({
        "http://c/v3, http://c/v3",
        "http://c/$(project_id)s, http://c/p1",
        "http://c/AUTH_%(tenant_id)s/x, http://c/AUTH_p1/x",
        "http://$(user_id)s.c/%(project_id)s/$(user_id)s, http://u1.c/p1/u1",
        "http://c/$1\\$, http://c/$1\\$"
    })
    void theTokensProjectAndUserTakeTheirPlaces(String url, String filled) {
        assertThat(UrlTemplate.of(url).filled(PROJECT, USER)).contains(filled);
    }

    @Test
    void withoutAProjectWhatNeedsOneIsLeftOut() {
        assertThat(UrlTemplate.of("http://c/$(project_id)s").filled(Optional.empty(), USER))
                .isEmpty();
        assertThat(UrlTemplate.of("http://c/$(user_id)s").filled(Optional.empty(), USER))
                .contains("http://c/u1");
    }

    @Test
    void whatNobodyKnowsIsNeverShown() {
        assertThat(UrlTemplate.of("http://c/$(secret)s").filled(PROJECT, USER)).isEmpty();
    }
}
