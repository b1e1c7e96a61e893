package cloud.welkin.server;

import cloud.welkin.identity.Partners;
import cloud.welkin.kernel.settings.Setting;
import cloud.welkin.kernel.settings.Settings;
import java.time.Duration;
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

    static final List<Setting<?>> ALL = List.of(SIGNATURE_AGE, ENTITY_ID, ASSERTION_LIFETIME);

    private PartnerSettings() {}

    static Partners of(Settings settings) {
        return new Partners(
                settings.get(SIGNATURE_AGE),
                Optional.of(settings.get(ENTITY_ID)).filter(name -> !name.equals("auto")),
                settings.get(ASSERTION_LIFETIME));
    }
}
