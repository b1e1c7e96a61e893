package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.OIDC_DEVICE;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcDevice;
import cloud.welkin.identity.schema.tables.records.OidcDeviceRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Devices that wait to be granted something. */
public final class OidcDeviceStore {
    public Optional<OidcDevice> find(Tx tx, String hash) {
        return tx.sql()
                .selectFrom(OIDC_DEVICE)
                .where(OIDC_DEVICE.HASH.eq(hash))
                .fetchOptional()
                .map(OidcDeviceStore::device);
    }

    /** One that still waits. */
    public Optional<OidcDevice> waiting(Tx tx, String userCode, Instant now) {
        return tx.sql()
                .selectFrom(OIDC_DEVICE)
                .where(OIDC_DEVICE.USER_CODE.eq(userCode))
                .and(OIDC_DEVICE.EXPIRES_AT.gt(now))
                .and(OIDC_DEVICE.DENIED.eq(false))
                .and(OIDC_DEVICE.GRANT_ID.isNull())
                .forUpdate()
                .fetchOptional()
                .map(OidcDeviceStore::device);
    }

    /** Forgets those that have waited in vain, too. */
    public void insert(Tx tx, OidcDevice device, Instant now) {
        tx.sql().deleteFrom(OIDC_DEVICE).where(OIDC_DEVICE.EXPIRES_AT.lt(now)).execute();
        tx.sql()
                .insertInto(OIDC_DEVICE)
                .set(OIDC_DEVICE.HASH, device.hash())
                .set(OIDC_DEVICE.USER_CODE, device.userCode())
                .set(OIDC_DEVICE.CLIENT_ID, device.client())
                .set(OIDC_DEVICE.SCOPES, device.scopes().toArray(String[]::new))
                .set(OIDC_DEVICE.EXPIRES_AT, device.expiresAt())
                .set(OIDC_DEVICE.INTERVAL_S, (int) device.interval().toSeconds())
                .set(OIDC_DEVICE.CHALLENGE, device.challenge().orElse(null))
                .execute();
    }

    public void grant(Tx tx, String hash, String grant) {
        tx.sql()
                .update(OIDC_DEVICE)
                .set(OIDC_DEVICE.GRANT_ID, grant)
                .where(OIDC_DEVICE.HASH.eq(hash))
                .execute();
    }

    public void deny(Tx tx, String hash) {
        tx.sql()
                .update(OIDC_DEVICE)
                .set(OIDC_DEVICE.DENIED, true)
                .where(OIDC_DEVICE.HASH.eq(hash))
                .execute();
    }

    public void polled(Tx tx, String hash, Instant now, Duration interval) {
        tx.sql()
                .update(OIDC_DEVICE)
                .set(OIDC_DEVICE.POLLED_AT, now)
                .set(OIDC_DEVICE.INTERVAL_S, (int) interval.toSeconds())
                .where(OIDC_DEVICE.HASH.eq(hash))
                .execute();
    }

    /** Whether it was there still: tokens are handed out once. */
    public boolean delete(Tx tx, String hash) {
        return tx.sql().deleteFrom(OIDC_DEVICE).where(OIDC_DEVICE.HASH.eq(hash)).execute() > 0;
    }

    private static OidcDevice device(OidcDeviceRecord row) {
        return new OidcDevice(
                row.getHash(),
                row.getUserCode(),
                row.getClientId(),
                List.of(row.getScopes()),
                row.getExpiresAt(),
                Duration.ofSeconds(row.getIntervalS()),
                Optional.ofNullable(row.getPolledAt()),
                row.getDenied(),
                Optional.ofNullable(row.getGrantId()),
                Optional.ofNullable(row.getChallenge()));
    }
}
