package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.ROLE;
import static cloud.welkin.identity.schema.Tables.TRUST;
import static cloud.welkin.identity.schema.Tables.TRUST_ROLE;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.schema.tables.records.TrustRecord;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;

/** Trusts in the database. */
public final class TrustStore {
    public Optional<Trust> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(TRUST)
                .where(TRUST.ID.eq(id))
                .fetchOptional()
                .map(row -> trust(tx, row));
    }

    public Page<Trust> list(
            Tx tx, Optional<UserId> trustor, Optional<UserId> trustee, Paging paging) {
        List<Condition> conditions = new ArrayList<>();
        trustor.ifPresent(user -> conditions.add(TRUST.TRUSTOR_ID.eq(user.value())));
        trustee.ifPresent(user -> conditions.add(TRUST.TRUSTEE_ID.eq(user.value())));
        return paging.of(tx, TRUST, TRUST.ID, TRUST.ID, conditions, row -> trust(tx, row));
    }

    public void insert(Tx tx, Trust trust) {
        TrustRecord row = tx.sql().newRecord(TRUST);
        row.setId(trust.id());
        row.setTrustorId(trust.trustor().value());
        row.setTrusteeId(trust.trustee().value());
        row.setProjectId(trust.project().map(ProjectId::value).orElse(null));
        row.setImpersonation(trust.impersonation());
        row.setExpiresAt(trust.expiresAt().orElse(null));
        row.setRemainingUses(trust.remainingUses().orElse(null));
        row.setRedelegationCount(trust.redelegationCount());
        row.setRedelegatedTrustId(trust.redelegated().orElse(null));
        row.insert();
        for (Role role : trust.roles()) {
            tx.sql()
                    .insertInto(TRUST_ROLE, TRUST_ROLE.TRUST_ID, TRUST_ROLE.ROLE_ID)
                    .values(trust.id(), role.id())
                    .onConflictDoNothing()
                    .execute();
        }
    }

    /** Takes one use of those that are counted; false when none is left. */
    public boolean use(Tx tx, String id) {
        return tx.sql()
                        .update(TRUST)
                        .set(TRUST.REMAINING_USES, TRUST.REMAINING_USES.minus(1))
                        .where(TRUST.ID.eq(id))
                        .and(TRUST.REMAINING_USES.isNull().or(TRUST.REMAINING_USES.gt(0)))
                        .execute()
                > 0;
    }

    /** Deletes the trust and those that pass it on. */
    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(TRUST).where(TRUST.ID.eq(id)).execute();
    }

    private static Trust trust(Tx tx, TrustRecord row) {
        List<Role> roles =
                tx.sql()
                        .select(ROLE.fields())
                        .from(ROLE)
                        .join(TRUST_ROLE)
                        .on(TRUST_ROLE.ROLE_ID.eq(ROLE.ID))
                        .where(TRUST_ROLE.TRUST_ID.eq(row.getId()))
                        .orderBy(ROLE.NAME)
                        .fetchInto(ROLE)
                        .map(RoleStore::role);
        return new Trust(
                row.getId(),
                new UserId(row.getTrustorId()),
                new UserId(row.getTrusteeId()),
                Optional.ofNullable(row.getProjectId()).map(ProjectId::new),
                row.getImpersonation(),
                Optional.ofNullable(row.getExpiresAt()),
                Optional.ofNullable(row.getRemainingUses()),
                row.getRedelegationCount(),
                Optional.ofNullable(row.getRedelegatedTrustId()),
                roles);
    }
}
