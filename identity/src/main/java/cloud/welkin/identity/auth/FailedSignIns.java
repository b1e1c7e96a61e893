package cloud.welkin.identity.auth;

import cloud.welkin.kernel.failure.Failure;
import java.time.Clock;

/**
 * Holds back those who fail to sign in again and again: so many failures of a user, and so many
 * from an address, in a minute; then 429 until one more has run off. Users that do not exist are
 * counted by the name that was tried, so that the answer tells nobody who exists.
 */
public final class FailedSignIns {
    /**
     * @param perUser failures of one user in a minute; 0: any number
     * @param perAddress failures from one address in a minute; 0: any number
     */
    public record Limits(int perUser, int perAddress) {}

    private final Pace users;
    private final Pace addresses;

    public FailedSignIns(Clock clock, Limits limits) {
        this.users = new Pace(clock, limits.perUser());
        this.addresses = new Pace(clock, limits.perAddress());
    }

    /**
     * Asked before a password is looked at, and again after: those who guess at once in parallel
     * gain nothing.
     *
     * @throws Failure 429 when the user or the address has failed too often
     */
    public void require(String user, String address) {
        require(users, user);
        require(addresses, address);
    }

    public void failed(String user, String address) {
        users.count(user);
        addresses.count(address);
    }

    private static void require(Pace pace, String key) {
        pace.over(key)
                .ifPresent(
                        over -> {
                            throw Failure.tooMany(
                                    over.plusSeconds(1),
                                    "Too many failed attempts to sign in; try again later.");
                        });
    }
}
