package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.POLICY;
import static cloud.welkin.identity.schema.Tables.POLICY_ASSOCIATION;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.ServicePolicy;
import cloud.welkin.identity.domain.ServicePolicy.Subject;
import cloud.welkin.identity.schema.tables.records.PolicyAssociationRecord;
import cloud.welkin.identity.schema.tables.records.PolicyRecord;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** The policies of services, and what they are for. */
public final class ServicePolicyStore {
    /**
     * Page by page in the order of the ids; empty fields do not narrow.
     *
     * @param marker those behind this id
     */
    public List<ServicePolicy> list(
            Tx tx, Optional<String> type, Optional<String> marker, int limit) {
        return tx.sql()
                .selectFrom(POLICY)
                .where(type.map(POLICY.TYPE::eq).orElse(DSL.noCondition()))
                .and(marker.map(POLICY.ID::gt).orElse(DSL.noCondition()))
                .orderBy(POLICY.ID)
                .limit(limit)
                .fetch(ServicePolicyStore::policy);
    }

    public Optional<ServicePolicy> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(POLICY)
                .where(POLICY.ID.eq(id))
                .fetchOptional(ServicePolicyStore::policy);
    }

    /** Writes the policy, new or changed. */
    public void save(Tx tx, ServicePolicy policy) {
        PolicyRecord row = tx.sql().newRecord(POLICY);
        row.setId(policy.id());
        row.setType(policy.type());
        row.setBlob(policy.blob());
        row.setExtra(Rows.json(policy.extra()));
        tx.sql().insertInto(POLICY).set(row).onDuplicateKeyUpdate().set(row).execute();
    }

    /** Deletes the policy; nothing has it any more. */
    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(POLICY).where(POLICY.ID.eq(id)).execute();
    }

    /** What a policy is for. */
    public List<Subject> subjects(Tx tx, String policy) {
        return tx.sql()
                .selectFrom(POLICY_ASSOCIATION)
                .where(POLICY_ASSOCIATION.POLICY_ID.eq(policy))
                .orderBy(
                        POLICY_ASSOCIATION.ENDPOINT_ID,
                        POLICY_ASSOCIATION.SERVICE_ID,
                        POLICY_ASSOCIATION.REGION_ID)
                .fetch(ServicePolicyStore::subject);
    }

    /** The policy of exactly this. */
    public Optional<ServicePolicy> of(Tx tx, Subject subject) {
        return tx.sql()
                .select(POLICY.fields())
                .from(POLICY)
                .join(POLICY_ASSOCIATION)
                .on(POLICY_ASSOCIATION.POLICY_ID.eq(POLICY.ID))
                .where(is(subject))
                .fetchOptional(row -> policy(row.into(POLICY)));
    }

    /** From now on this has the policy, whatever it had before. */
    public void associate(Tx tx, String policy, Subject subject) {
        PolicyAssociationRecord row = tx.sql().newRecord(POLICY_ASSOCIATION);
        row.setPolicyId(policy);
        switch (subject) {
            case Subject.OfEndpoint of -> row.setEndpointId(of.endpoint());
            case Subject.OfService of -> row.setServiceId(of.service());
            case Subject.OfServiceIn of -> {
                row.setServiceId(of.service());
                row.setRegionId(of.region());
            }
        }
        tx.sql()
                .insertInto(POLICY_ASSOCIATION)
                .set(row)
                .onConflictOnConstraint(DSL.name("policy_association_once"))
                .doUpdate()
                .set(POLICY_ASSOCIATION.POLICY_ID, policy)
                .execute();
    }

    public void dissociate(Tx tx, String policy, Subject subject) {
        tx.sql()
                .deleteFrom(POLICY_ASSOCIATION)
                .where(POLICY_ASSOCIATION.POLICY_ID.eq(policy), is(subject))
                .execute();
    }

    private static Condition is(Subject subject) {
        return switch (subject) {
            case Subject.OfEndpoint of -> POLICY_ASSOCIATION.ENDPOINT_ID.eq(of.endpoint());
            case Subject.OfService of ->
                    POLICY_ASSOCIATION
                            .SERVICE_ID
                            .eq(of.service())
                            .and(POLICY_ASSOCIATION.REGION_ID.isNull());
            case Subject.OfServiceIn of ->
                    POLICY_ASSOCIATION
                            .SERVICE_ID
                            .eq(of.service())
                            .and(POLICY_ASSOCIATION.REGION_ID.eq(of.region()));
        };
    }

    private static Subject subject(PolicyAssociationRecord row) {
        if (row.getEndpointId() != null) {
            return new Subject.OfEndpoint(row.getEndpointId());
        }
        return row.getRegionId() == null
                ? new Subject.OfService(row.getServiceId())
                : new Subject.OfServiceIn(row.getServiceId(), row.getRegionId());
    }

    private static ServicePolicy policy(PolicyRecord row) {
        return new ServicePolicy(
                row.getId(), row.getType(), row.getBlob(), Rows.extra(row.getExtra()));
    }
}
