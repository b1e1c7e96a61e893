package cloud.welkin.server;

import cloud.welkin.identity.ldap.LdapRules;
import cloud.welkin.kernel.settings.Setting;
import cloud.welkin.kernel.settings.Settings;
import java.time.Duration;
import java.util.List;

/** How identity deals with directories; which domain has which is set by the API. */
final class DirectorySettings {
    static final Setting<Duration> REFRESH =
            Setting.duration(
                            "identity.directory-refresh",
                            LdapRules.USUAL.refresh(),
                            "How old what is known of a directory's user or group may be: how often"
                                    + " directories are asked about those who are known here, and"
                                    + " how long an answer is shown again.")
                    .where(time -> time.isPositive(), "more than 0s");

    static final Setting<Duration> TIMEOUT =
            Setting.duration(
                            "identity.directory-timeout",
                            LdapRules.USUAL.timeout(),
                            "How long a directory may take to answer where its domain's"
                                    + " configuration does not say (connection_timeout,"
                                    + " pool_connection_timeout).")
                    .where(time -> time.isPositive(), "more than 0s");

    static final List<Setting<?>> ALL = List.of(REFRESH, TIMEOUT);

    private DirectorySettings() {}

    static LdapRules of(Settings settings) {
        return new LdapRules(
                settings.get(REFRESH), settings.get(TIMEOUT), LdapRules.USUAL.refusal());
    }
}
