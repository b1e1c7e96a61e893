package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.ACCESS_RULE;
import static cloud.welkin.identity.schema.Tables.APPLICATION_CREDENTIAL;
import static cloud.welkin.identity.schema.Tables.APPLICATION_CREDENTIAL_ROLE;
import static cloud.welkin.identity.schema.Tables.APPLICATION_CREDENTIAL_RULE;
import static cloud.welkin.identity.schema.Tables.ROLE;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AccessRule;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.schema.tables.records.AccessRuleRecord;
import cloud.welkin.identity.schema.tables.records.ApplicationCredentialRecord;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;

/** Application credentials in the database. */
public final class ApplicationCredentialStore {
    public Optional<ApplicationCredential> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(APPLICATION_CREDENTIAL)
                .where(APPLICATION_CREDENTIAL.ID.eq(id))
                .fetchOptional()
                .map(row -> credential(tx, row));
    }

    public Optional<ApplicationCredential> findByName(Tx tx, UserId user, String name) {
        return tx.sql()
                .selectFrom(APPLICATION_CREDENTIAL)
                .where(
                        APPLICATION_CREDENTIAL.USER_ID.eq(user.value()),
                        APPLICATION_CREDENTIAL.NAME.eq(name))
                .fetchOptional()
                .map(row -> credential(tx, row));
    }

    /** One page of a user's. */
    public Page<ApplicationCredential> list(
            Tx tx, UserId user, List<TextMatch> texts, Paging paging) {
        List<Condition> conditions =
                new ArrayList<>(TextMatch.on(texts, Map.of("name", APPLICATION_CREDENTIAL.NAME)));
        conditions.add(APPLICATION_CREDENTIAL.USER_ID.eq(user.value()));
        return paging.of(
                tx,
                APPLICATION_CREDENTIAL,
                APPLICATION_CREDENTIAL.ID,
                APPLICATION_CREDENTIAL.NAME,
                conditions,
                row -> credential(tx, row));
    }

    public void insert(Tx tx, ApplicationCredential credential) {
        ApplicationCredentialRecord row = tx.sql().newRecord(APPLICATION_CREDENTIAL);
        row.setId(credential.id());
        row.setUserId(credential.user().value());
        row.setProjectId(credential.project().value());
        row.setName(credential.name());
        row.setDescription(credential.description().orElse(null));
        row.setSecretHash(credential.secretHash());
        row.setUnrestricted(credential.unrestricted());
        row.setExpiresAt(credential.expiresAt().orElse(null));
        row.setRuled(credential.rules().isPresent());
        row.insert();
        for (AccessRule rule : credential.rules().orElse(List.of())) {
            tx.sql()
                    .insertInto(APPLICATION_CREDENTIAL_RULE)
                    .set(APPLICATION_CREDENTIAL_RULE.CREDENTIAL_ID, credential.id())
                    .set(APPLICATION_CREDENTIAL_RULE.RULE_ID, rule.id())
                    .onConflictDoNothing()
                    .execute();
        }
        for (Role role : credential.roles()) {
            tx.sql()
                    .insertInto(APPLICATION_CREDENTIAL_ROLE)
                    .set(APPLICATION_CREDENTIAL_ROLE.CREDENTIAL_ID, credential.id())
                    .set(APPLICATION_CREDENTIAL_ROLE.ROLE_ID, role.id())
                    .execute();
        }
    }

    public void delete(Tx tx, String id) {
        tx.sql()
                .deleteFrom(APPLICATION_CREDENTIAL)
                .where(APPLICATION_CREDENTIAL.ID.eq(id))
                .execute();
    }

    /** A user who loses a role in a project loses the credentials that were made with it there. */
    public void deleteOf(Tx tx, UserId user, ProjectId project) {
        tx.sql()
                .deleteFrom(APPLICATION_CREDENTIAL)
                .where(
                        APPLICATION_CREDENTIAL.USER_ID.eq(user.value()),
                        APPLICATION_CREDENTIAL.PROJECT_ID.eq(project.value()))
                .execute();
    }

    /** The user's access rules, which outlive the credentials that they were made with. */
    public List<AccessRule> rulesOf(Tx tx, UserId user) {
        return tx.sql()
                .selectFrom(ACCESS_RULE)
                .where(ACCESS_RULE.USER_ID.eq(user.value()))
                .orderBy(ACCESS_RULE.ID)
                .fetch(ApplicationCredentialStore::rule);
    }

    /** The user's rule of these words, made where it is missing. */
    public AccessRule rule(Tx tx, UserId user, AccessRule wanted) {
        tx.sql()
                .insertInto(ACCESS_RULE)
                .set(ACCESS_RULE.ID, wanted.id())
                .set(ACCESS_RULE.USER_ID, user.value())
                .set(ACCESS_RULE.SERVICE, wanted.service())
                .set(ACCESS_RULE.METHOD, wanted.method())
                .set(ACCESS_RULE.PATH, wanted.path())
                .onConflictDoNothing()
                .execute();
        return tx.sql()
                .selectFrom(ACCESS_RULE)
                .where(
                        ACCESS_RULE.USER_ID.eq(user.value()),
                        ACCESS_RULE.SERVICE.eq(wanted.service()),
                        ACCESS_RULE.METHOD.eq(wanted.method()),
                        ACCESS_RULE.PATH.eq(wanted.path()))
                .fetchSingle(ApplicationCredentialStore::rule);
    }

    public boolean isUsed(Tx tx, AccessRule rule) {
        return tx.sql()
                .fetchExists(
                        APPLICATION_CREDENTIAL_RULE,
                        APPLICATION_CREDENTIAL_RULE.RULE_ID.eq(rule.id()));
    }

    public void delete(Tx tx, AccessRule rule) {
        tx.sql().deleteFrom(ACCESS_RULE).where(ACCESS_RULE.ID.eq(rule.id())).execute();
    }

    private static List<AccessRule> rules(Tx tx, String credential) {
        return tx.sql()
                .select(ACCESS_RULE.fields())
                .from(ACCESS_RULE)
                .join(APPLICATION_CREDENTIAL_RULE)
                .on(APPLICATION_CREDENTIAL_RULE.RULE_ID.eq(ACCESS_RULE.ID))
                .where(APPLICATION_CREDENTIAL_RULE.CREDENTIAL_ID.eq(credential))
                .orderBy(ACCESS_RULE.ID)
                .fetchInto(ACCESS_RULE)
                .map(ApplicationCredentialStore::rule);
    }

    private static AccessRule rule(AccessRuleRecord row) {
        return new AccessRule(row.getId(), row.getService(), row.getMethod(), row.getPath());
    }

    private static ApplicationCredential credential(Tx tx, ApplicationCredentialRecord row) {
        List<Role> roles =
                tx.sql()
                        .select(ROLE.fields())
                        .from(ROLE)
                        .join(APPLICATION_CREDENTIAL_ROLE)
                        .on(APPLICATION_CREDENTIAL_ROLE.ROLE_ID.eq(ROLE.ID))
                        .where(APPLICATION_CREDENTIAL_ROLE.CREDENTIAL_ID.eq(row.getId()))
                        .orderBy(ROLE.NAME)
                        .fetchInto(ROLE)
                        .map(RoleStore::role);
        return new ApplicationCredential(
                row.getId(),
                new UserId(row.getUserId()),
                new ProjectId(row.getProjectId()),
                row.getName(),
                Optional.ofNullable(row.getDescription()),
                row.getSecretHash(),
                row.getUnrestricted(),
                Optional.ofNullable(row.getExpiresAt()),
                roles,
                row.getRuled() ? Optional.of(rules(tx, row.getId())) : Optional.empty());
    }
}
