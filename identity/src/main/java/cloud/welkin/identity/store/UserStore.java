package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.FEDERATED_USER;
import static cloud.welkin.identity.schema.Tables.GROUP_MEMBER;
import static cloud.welkin.identity.schema.Tables.USER_ACCOUNT;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.schema.tables.records.UserAccountRecord;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Users in the database. */
public final class UserStore {
    private static final Map<String, Field<String>> TEXTS =
            Map.of("name", USER_ACCOUNT.NAME, "domain_id", USER_ACCOUNT.DOMAIN_ID);

    /** The others are there for {@link DirectoryStore} alone. */
    static final Condition VISIBLE = DSL.not(DSL.condition(USER_ACCOUNT.HIDDEN));

    /**
     * What a list may be narrowed by; empty fields do not narrow.
     *
     * @param within beyond this domain nothing is shown
     */
    public record Filter(
            List<TextMatch> texts,
            Optional<Boolean> enabled,
            Optional<DomainId> within,
            Optional<String> group,
            Federated federated,
            List<PasswordExpiry> passwordExpiry,
            Paging paging) {}

    /** How users of other identity providers are known to those. */
    public record Federated(
            Optional<String> provider, Optional<String> protocol, Optional<String> uniqueId) {
        private Optional<Condition> condition() {
            List<Condition> known = new ArrayList<>();
            provider.ifPresent(id -> known.add(FEDERATED_USER.PROVIDER_ID.eq(id)));
            protocol.ifPresent(id -> known.add(FEDERATED_USER.PROTOCOL_ID.eq(id)));
            uniqueId.ifPresent(id -> known.add(FEDERATED_USER.UNIQUE_ID.eq(id)));
            return known.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            DSL.exists(
                                    DSL.selectOne()
                                            .from(FEDERATED_USER)
                                            .where(FEDERATED_USER.USER_ID.eq(USER_ACCOUNT.ID))
                                            .and(DSL.and(known))));
        }
    }

    /** How a list compares the end of passwords with a time. */
    public enum Comparison {
        LT,
        LTE,
        GT,
        GTE,
        EQ,
        NEQ
    }

    /** Those whose password ends before, at or after a time. */
    public record PasswordExpiry(Comparison comparison, Instant time) {
        private Condition condition() {
            return switch (comparison) {
                case LT -> USER_ACCOUNT.PASSWORD_EXPIRES_AT.lt(time);
                case LTE -> USER_ACCOUNT.PASSWORD_EXPIRES_AT.le(time);
                case GT -> USER_ACCOUNT.PASSWORD_EXPIRES_AT.gt(time);
                case GTE -> USER_ACCOUNT.PASSWORD_EXPIRES_AT.ge(time);
                case EQ -> USER_ACCOUNT.PASSWORD_EXPIRES_AT.eq(time);
                case NEQ -> USER_ACCOUNT.PASSWORD_EXPIRES_AT.ne(time);
            };
        }
    }

    public Optional<User> find(Tx tx, UserId id) {
        return tx.sql()
                .selectFrom(USER_ACCOUNT)
                .where(USER_ACCOUNT.ID.eq(id.value()), VISIBLE)
                .fetchOptional(UserStore::user);
    }

    public Optional<User> findByName(Tx tx, DomainId domain, String name) {
        return tx.sql()
                .selectFrom(USER_ACCOUNT)
                .where(
                        USER_ACCOUNT.DOMAIN_ID.eq(domain.value()),
                        USER_ACCOUNT.NAME.eq(name),
                        VISIBLE)
                .fetchOptional(UserStore::user);
    }

    public Page<User> list(Tx tx, Filter filter) {
        List<Condition> conditions = new ArrayList<>(TextMatch.on(filter.texts(), TEXTS));
        conditions.add(VISIBLE);
        filter.enabled().ifPresent(enabled -> conditions.add(USER_ACCOUNT.ENABLED.eq(enabled)));
        filter.within()
                .ifPresent(domain -> conditions.add(USER_ACCOUNT.DOMAIN_ID.eq(domain.value())));
        filter.group()
                .ifPresent(
                        group ->
                                conditions.add(
                                        USER_ACCOUNT.ID.in(
                                                DSL.select(GROUP_MEMBER.USER_ID)
                                                        .from(GROUP_MEMBER)
                                                        .where(
                                                                GROUP_MEMBER.GROUP_ID.eq(group),
                                                                GroupStore.CURRENT))));
        filter.federated().condition().ifPresent(conditions::add);
        filter.passwordExpiry().forEach(ends -> conditions.add(ends.condition()));
        return filter.paging()
                .of(
                        tx,
                        USER_ACCOUNT,
                        USER_ACCOUNT.ID,
                        USER_ACCOUNT.NAME,
                        conditions,
                        UserStore::user);
    }

    public void insert(Tx tx, User user) {
        UserAccountRecord row = tx.sql().newRecord(USER_ACCOUNT);
        row.setId(user.id().value());
        fill(row, user).insert();
    }

    public void update(Tx tx, User user) {
        UserAccountRecord row = tx.sql().newRecord(USER_ACCOUNT);
        row.setId(user.id().value());
        tx.sql()
                .update(USER_ACCOUNT)
                .set(fill(row, user))
                .where(USER_ACCOUNT.ID.eq(user.id().value()))
                .execute();
    }

    public void delete(Tx tx, UserId id) {
        tx.sql().deleteFrom(USER_ACCOUNT).where(USER_ACCOUNT.ID.eq(id.value())).execute();
    }

    public void deleteIn(Tx tx, DomainId domain) {
        tx.sql()
                .deleteFrom(USER_ACCOUNT)
                .where(USER_ACCOUNT.DOMAIN_ID.eq(domain.value()))
                .execute();
    }

    static UserAccountRecord fill(UserAccountRecord row, User user) {
        row.setDomainId(user.domain().value());
        row.setName(user.name());
        row.setEnabled(user.enabled());
        row.setDescription(user.description().orElse(null));
        row.setEmail(user.email().orElse(null));
        row.setDefaultProjectId(user.defaultProject().map(ProjectId::value).orElse(null));
        row.setPasswordHash(user.passwordHash().orElse(null));
        row.setPasswordExpiresAt(user.passwordExpiresAt().orElse(null));
        row.setTokensValidAfter(user.tokensValidAfter());
        row.setOptions(Rows.json(user.options()));
        row.setExtra(Rows.json(user.extra()));
        return row;
    }

    static User user(UserAccountRecord row) {
        return new User(
                new UserId(row.getId()),
                new DomainId(row.getDomainId()),
                row.getName(),
                row.getEnabled(),
                Optional.ofNullable(row.getDescription()),
                Optional.ofNullable(row.getEmail()),
                Optional.ofNullable(row.getDefaultProjectId()).map(ProjectId::new),
                Optional.ofNullable(row.getPasswordHash()),
                row.getTokensValidAfter(),
                Rows.extra(row.getOptions()),
                Rows.extra(row.getExtra()),
                Optional.ofNullable(row.getPasswordExpiresAt()));
    }
}
