package cloud.welkin.identity.ldap;

import java.time.Duration;

/**
 * How directories are dealt with.
 *
 * @param refresh how old what is known of a directory's user or group may be before it is asked
 *     again; and how often it is asked about those who are signed in
 * @param timeout how long a directory may take to answer, where the domain's configuration does not
 *     say
 * @param refusal how long after it was asked for a sign-in is refused at the earliest, so that the
 *     time tells nobody what was wrong with it
 */
public record LdapRules(Duration refresh, Duration timeout, Duration refusal) {
    public static final LdapRules USUAL =
            new LdapRules(Duration.ofMinutes(1), Duration.ofSeconds(5), Duration.ofMillis(300));
}
