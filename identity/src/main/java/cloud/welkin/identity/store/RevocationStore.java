package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.REVOCATION_EVENT;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Revocation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.impl.DSL;

/** What has ended tokens before their time, as triggers and {@link TokenStore#revoke} tell it. */
public final class RevocationStore {
    /** The oldest first; the newest alone when there are very many. */
    public List<Revocation> list(Tx tx, Optional<Instant> since, int most) {
        return tx.sql()
                .selectFrom(REVOCATION_EVENT)
                .where(since.map(REVOCATION_EVENT.REVOKED_AT::gt).orElse(DSL.noCondition()))
                .orderBy(REVOCATION_EVENT.REVOKED_AT.desc(), REVOCATION_EVENT.ID.desc())
                .limit(most)
                .fetch(
                        row ->
                                new Revocation(
                                        Optional.ofNullable(row.getAuditId()),
                                        Optional.ofNullable(row.getAuditChainId()),
                                        Optional.ofNullable(row.getUserId()),
                                        Optional.ofNullable(row.getProjectId()),
                                        Optional.ofNullable(row.getDomainId()),
                                        Optional.ofNullable(row.getRoleId()),
                                        Optional.ofNullable(row.getTrustId()),
                                        row.getIssuedBefore(),
                                        row.getRevokedAt()))
                .reversed();
    }
}
