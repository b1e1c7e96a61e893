package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.TOTP_USE;

import cloud.welkin.database.Tx;
import org.jooq.impl.DSL;

/** Which passcodes were taken. */
public final class TotpStore {
    /** Takes the passcode of a period; false when that or a later one was taken before. */
    public boolean take(Tx tx, String credential, long period) {
        return tx.sql()
                        .insertInto(TOTP_USE)
                        .set(TOTP_USE.CREDENTIAL_ID, credential)
                        .set(TOTP_USE.PERIOD, period)
                        .onConflict(TOTP_USE.CREDENTIAL_ID)
                        .doUpdate()
                        .set(TOTP_USE.PERIOD, DSL.excluded(TOTP_USE.PERIOD))
                        .where(TOTP_USE.PERIOD.lt(DSL.excluded(TOTP_USE.PERIOD)))
                        .execute()
                == 1;
    }
}
