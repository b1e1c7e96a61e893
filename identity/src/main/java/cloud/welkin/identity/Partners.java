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
 * @param webSignIns how many of those may be under way
 */
public record Partners(
        Duration signatureAge,
        Optional<String> entityId,
        Duration assertionLifetime,
        List<String> dashboards,
        WebSignInLimits webSignIns) {
    /**
     * @param perAddress how often an address may set out or come back in a minute; 0: any number
     * @param atOnce how many may be under way
     */
    public record WebSignInLimits(int perAddress, int atOnce) {
        public static final WebSignInLimits USUAL = new WebSignInLimits(300, 20_000);
    }

    /** What holds where no setting says otherwise. */
    public static final Partners USUAL =
            new Partners(
                    Duration.ofMinutes(15),
                    Optional.empty(),
                    Duration.ofHours(1),
                    List.of(),
                    WebSignInLimits.USUAL);

    public Partners {
        dashboards = List.copyOf(dashboards);
    }
}
