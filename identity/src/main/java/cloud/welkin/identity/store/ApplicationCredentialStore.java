package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.APPLICATION_CREDENTIAL;
import static cloud.welkin.identity.schema.Tables.APPLICATION_CREDENTIAL_ROLE;
import static cloud.welkin.identity.schema.Tables.ROLE;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.schema.tables.records.ApplicationCredentialRecord;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.ArrayList;
import java.util.List;
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

    public List<ApplicationCredential> list(Tx tx, UserId user, Optional<String> name) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(APPLICATION_CREDENTIAL.USER_ID.eq(user.value()));
        name.ifPresent(text -> conditions.add(APPLICATION_CREDENTIAL.NAME.eq(text)));
        return tx.sql()
                .selectFrom(APPLICATION_CREDENTIAL)
                .where(conditions)
                .orderBy(APPLICATION_CREDENTIAL.ID)
                .limit(Rows.MOST)
                .fetch()
                .map(row -> credential(tx, row));
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
        row.insert();
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

    private static ApplicationCredential credential(Tx tx, ApplicationCredentialRecord row) {
        List<Role> roles =
                tx.sql()
                        .select(ROLE.fields())
                        .from(ROLE)
                        .join(APPLICATION_CREDENTIAL_ROLE)
                        .on(APPLICATION_CREDENTIAL_ROLE.ROLE_ID.eq(ROLE.ID))
                        .where(APPLICATION_CREDENTIAL_ROLE.CREDENTIAL_ID.eq(row.getId()))
                        .orderBy(ROLE.NAME)
                        .fetch(
                                role ->
                                        new Role(
                                                role.get(ROLE.ID),
                                                role.get(ROLE.NAME),
                                                Optional.empty(),
                                                Optional.ofNullable(role.get(ROLE.DESCRIPTION))));
        return new ApplicationCredential(
                row.getId(),
                new UserId(row.getUserId()),
                new ProjectId(row.getProjectId()),
                row.getName(),
                Optional.ofNullable(row.getDescription()),
                row.getSecretHash(),
                row.getUnrestricted(),
                Optional.ofNullable(row.getExpiresAt()),
                roles);
    }
}
