package cloud.welkin.identity.store;

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
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** Users in the database. */
public final class UserStore {
    /** What a list may be narrowed by; empty fields do not narrow. */
    public record Filter(
            Optional<String> name,
            Optional<String> nameContains,
            Optional<Boolean> enabled,
            Optional<DomainId> domain,
            Optional<String> group,
            Optional<String> marker,
            int limit,
            List<PasswordExpiry> passwordExpiry) {}

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
                .where(USER_ACCOUNT.ID.eq(id.value()))
                .fetchOptional(UserStore::user);
    }

    public Optional<User> findByName(Tx tx, DomainId domain, String name) {
        return tx.sql()
                .selectFrom(USER_ACCOUNT)
                .where(USER_ACCOUNT.DOMAIN_ID.eq(domain.value()), USER_ACCOUNT.NAME.eq(name))
                .fetchOptional(UserStore::user);
    }

    public List<User> list(Tx tx, Filter filter) {
        List<Condition> conditions = new ArrayList<>();
        filter.name().ifPresent(name -> conditions.add(USER_ACCOUNT.NAME.eq(name)));
        filter.nameContains().ifPresent(part -> conditions.add(USER_ACCOUNT.NAME.contains(part)));
        filter.enabled().ifPresent(enabled -> conditions.add(USER_ACCOUNT.ENABLED.eq(enabled)));
        filter.domain()
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
        filter.passwordExpiry().forEach(ends -> conditions.add(ends.condition()));
        filter.marker().ifPresent(marker -> conditions.add(USER_ACCOUNT.ID.gt(marker)));
        return tx.sql()
                .selectFrom(USER_ACCOUNT)
                .where(conditions)
                .orderBy(USER_ACCOUNT.ID)
                .limit(filter.limit())
                .fetch(UserStore::user);
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

    private static UserAccountRecord fill(UserAccountRecord row, User user) {
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

    private static User user(UserAccountRecord row) {
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
