package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.WEB_SIGN_IN;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.WebSignIn;
import java.time.Instant;
import java.util.Optional;

/** Browsers that were sent to an identity provider and have not come back yet. */
public final class WebSignInStore {
    /** Whether at least that many are under way. */
    public boolean areSoMany(Tx tx, int number, Instant now) {
        return tx.sql()
                .select(WEB_SIGN_IN.ENDS_AT)
                .from(WEB_SIGN_IN)
                .where(WEB_SIGN_IN.ENDS_AT.gt(now))
                .orderBy(WEB_SIGN_IN.ENDS_AT)
                .offset(number - 1)
                .limit(1)
                .fetchOptional()
                .isPresent();
    }

    /** Forgets those that are over; how many. */
    public int sweep(Tx tx, Instant now) {
        return tx.sql().deleteFrom(WEB_SIGN_IN).where(WEB_SIGN_IN.ENDS_AT.lt(now)).execute();
    }

    public void insert(Tx tx, WebSignIn signIn) {
        tx.sql()
                .insertInto(WEB_SIGN_IN)
                .set(WEB_SIGN_IN.STATE, signIn.state())
                .set(WEB_SIGN_IN.BROWSER, signIn.browser())
                .set(WEB_SIGN_IN.PROVIDER_ID, signIn.provider())
                .set(WEB_SIGN_IN.PROTOCOL_ID, signIn.protocol())
                .set(WEB_SIGN_IN.ORIGIN, signIn.origin())
                .set(WEB_SIGN_IN.ENDS_AT, signIn.endsAt())
                .execute();
    }

    /** Takes it away: it is come back to once. */
    public Optional<WebSignIn> take(Tx tx, String state) {
        return tx.sql()
                .deleteFrom(WEB_SIGN_IN)
                .where(WEB_SIGN_IN.STATE.eq(state))
                .returning()
                .fetchOptional(
                        row ->
                                new WebSignIn(
                                        row.getState(),
                                        row.getBrowser(),
                                        row.getProviderId(),
                                        row.getProtocolId(),
                                        row.getOrigin(),
                                        row.getEndsAt()));
    }
}
