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

    static final List<Setting<?>> ALL = List.of(SIGNATURE_AGE);

    private PartnerSettings() {}

    static Partners of(Settings settings) {
        return new Partners(
                settings.get(SIGNATURE_AGE), Optional.empty(), Duration.ofHours(1), List.of());
    }
}
