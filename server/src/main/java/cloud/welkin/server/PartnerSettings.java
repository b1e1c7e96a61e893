package cloud.welkin.server;

import cloud.welkin.identity.Partners;
import cloud.welkin.identity.Partners.WebSignInLimits;
import cloud.welkin.kernel.settings.Setting;
import cloud.welkin.kernel.settings.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How identity deals with EC2's clients, other clouds and dashboards. */
final class PartnerSettings {
    static final Setting<Duration> SIGNATURE_AGE =
            Setting.duration(
                            "identity.credential-auth-ttl",
                            Duration.ofMinutes(15),
                            "How old the signature of an EC2 request may be, or how far ahead."
                                    + " Keystone's [credential] auth_ttl.")
                    .where(age -> age.isPositive(), "more than 0s");

    static final Setting<String> ENTITY_ID =
            Setting.text(
                    "identity.saml-entity-id",
                    "auto",
                    "What this cloud is called as a SAML identity provider; auto: the URL of identity's"
                            + " API v3. Keystone's [saml] idp_entity_id.");
    static final Setting<Duration> ASSERTION_LIFETIME =
            Setting.duration(
                            "identity.saml-assertion-lifetime",
                            Duration.ofHours(1),
                            "How long a SAML assertion for another cloud can be shown there."
                                    + " Keystone's [saml] assertion_expiration_time.")
                    .where(age -> age.isPositive(), "more than 0s");

    static final Setting<String> DASHBOARDS =
            Setting.text(
                            "identity.trusted-dashboards",
                            "",
                            "The URLs, separated by commas, that the tokens of people who sign in by"
                                    + " an identity provider in their browser may be posted to; each"
                                    + " exactly as the dashboard names itself:"
                                    + " https://dashboard.example.org/auth/websso/. Keystone's"
                                    + " [federation] trusted_dashboard.")
                    .where(
                            text -> words(text).stream().allMatch(PartnerSettings::isUrl),
                            "URLs that begin with http or https, separated by commas");

    static final Setting<Integer> WEB_SIGN_INS_PER_ADDRESS =
            Setting.number(
                            "identity.web-sign-ins-per-address",
                            WebSignInLimits.USUAL.perAddress(),
                            "How often browsers from one address may set out to an identity provider,"
                                    + " or come back, in a minute before they are answered with 429;"
                                    + " 0: any number.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<Integer> WEB_SIGN_INS =
            Setting.number(
                            "identity.web-sign-ins-at-once",
                            WebSignInLimits.USUAL.atOnce(),
                            "How many browsers may be under way to identity providers; others are"
                                    + " answered with 429.")
                    .where(n -> n >= 1 && n <= 1_000_000, "1 to 1000000");

    static final List<Setting<?>> ALL =
            List.of(
                    SIGNATURE_AGE,
                    ENTITY_ID,
                    ASSERTION_LIFETIME,
                    DASHBOARDS,
                    WEB_SIGN_INS_PER_ADDRESS,
                    WEB_SIGN_INS);

    private PartnerSettings() {}

    static Partners of(Settings settings) {
        return new Partners(
                settings.get(SIGNATURE_AGE),
                Optional.of(settings.get(ENTITY_ID)).filter(name -> !name.equals("auto")),
                settings.get(ASSERTION_LIFETIME),
                words(settings.get(DASHBOARDS)),
                new WebSignInLimits(
                        settings.get(WEB_SIGN_INS_PER_ADDRESS), settings.get(WEB_SIGN_INS)));
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static boolean isUrl(String text) {
        try {
            URI url = new URI(text);
            return url.getHost() != null
                    && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
