package cloud.welkin.identity;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How identity deals with those that sign in their own way: EC2's clients, other clouds,
 * dashboards.
 *
 * @param signatureAge how old an EC2 signature may be
 * @param entityId what this cloud is called as a SAML identity provider; by default the URL of its
 *     API
 * @param assertionLifetime how long an assertion is good for
 * @param dashboards the URLs that tokens of people who signed in elsewhere may be posted to
 */
public record Partners(
        Duration signatureAge,
        Optional<String> entityId,
        Duration assertionLifetime,
        List<String> dashboards) {
    /** What holds where no setting says otherwise. */
    public static final Partners USUAL =
            new Partners(Duration.ofMinutes(15), Optional.empty(), Duration.ofHours(1), List.of());

    public Partners {
        dashboards = List.copyOf(dashboards);
    }
}
