package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.DIRECTORY_USER;
import static cloud.welkin.identity.schema.Tables.PAST_PASSWORD;
import static cloud.welkin.identity.schema.Tables.USER_ACCOUNT;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Account;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.schema.tables.records.UserAccountRecord;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** How users' passwords have fared: beside {@link UserStore}, on the same rows. */
public final class AccountStore {
    public Optional<Account> find(Tx tx, UserId id) {
        return findWithUser(tx, id).map(OfUser::account);
    }

    /** A user and how its password has fared, at one moment. */
    public record OfUser(User user, Account account) {}

    public Optional<OfUser> findWithUser(Tx tx, UserId id) {
        return tx.sql()
                .selectFrom(USER_ACCOUNT)
                .where(USER_ACCOUNT.ID.eq(id.value()))
                .fetchOptional(row -> new OfUser(UserStore.user(row), account(row)));
    }

    private static Account account(UserAccountRecord row) {
        return new Account(
                row.getFailedAttempts(),
                Optional.ofNullable(row.getFailedAt()),
                Optional.ofNullable(row.getPasswordChangedAt()).orElse(row.getCreatedAt()),
                row.getPasswordSelfService(),
                Optional.ofNullable(row.getLastActiveOn())
                        .orElseGet(() -> PasswordRules.day(row.getCreatedAt())));
    }

    /** One more wrong password; the first again when a lock that it led to is over. */
    public void failed(Tx tx, UserId id, PasswordRules rules, Instant now) {
        Condition lockIsOver =
                rules.lock().isZero()
                        ? DSL.falseCondition()
                        : USER_ACCOUNT
                                .FAILED_ATTEMPTS
                                .ge(rules.attempts())
                                .and(USER_ACCOUNT.FAILED_AT.le(now.minus(rules.lock())));
        tx.sql()
                .update(USER_ACCOUNT)
                .set(
                        USER_ACCOUNT.FAILED_ATTEMPTS,
                        DSL.when(lockIsOver, 1).otherwise(USER_ACCOUNT.FAILED_ATTEMPTS.plus(1)))
                .set(USER_ACCOUNT.FAILED_AT, now)
                .where(USER_ACCOUNT.ID.eq(id.value()))
                .execute();
    }

    /** The user signed in, or an administrator enabled it: nothing is held against it any more. */
    public void admitted(Tx tx, UserId id, LocalDate day) {
        tx.sql()
                .update(USER_ACCOUNT)
                .set(USER_ACCOUNT.FAILED_ATTEMPTS, 0)
                .setNull(USER_ACCOUNT.FAILED_AT)
                .set(USER_ACCOUNT.LAST_ACTIVE_ON, day)
                .where(USER_ACCOUNT.ID.eq(id.value()))
                .execute();
    }

    /**
     * A new password; every token of the old one is over.
     *
     * @param unique how many in a row must differ: so many less one are remembered, and this one
     * @param selfService whether the user chose it
     */
    public void setPassword(
            Tx tx,
            UserId id,
            String hash,
            Instant now,
            Optional<Instant> expires,
            boolean selfService,
            int unique) {
        remember(tx, id, unique);
        tx.sql()
                .update(USER_ACCOUNT)
                .set(USER_ACCOUNT.PASSWORD_HASH, hash)
                .set(USER_ACCOUNT.PASSWORD_CHANGED_AT, now)
                .set(USER_ACCOUNT.PASSWORD_EXPIRES_AT, expires.orElse(null))
                .set(USER_ACCOUNT.PASSWORD_SELF_SERVICE, selfService)
                .set(USER_ACCOUNT.TOKENS_VALID_AFTER, now)
                .where(USER_ACCOUNT.ID.eq(id.value()))
                .execute();
    }

    private static void remember(Tx tx, UserId id, int unique) {
        if (unique > 1) {
            tx.sql()
                    .insertInto(PAST_PASSWORD, PAST_PASSWORD.USER_ID, PAST_PASSWORD.HASH)
                    .select(
                            DSL.select(USER_ACCOUNT.ID, USER_ACCOUNT.PASSWORD_HASH)
                                    .from(USER_ACCOUNT)
                                    .where(
                                            USER_ACCOUNT.ID.eq(id.value()),
                                            USER_ACCOUNT.PASSWORD_HASH.isNotNull()))
                    .execute();
        }
        tx.sql()
                .deleteFrom(PAST_PASSWORD)
                .where(
                        PAST_PASSWORD.USER_ID.eq(id.value()),
                        PAST_PASSWORD.ID.notIn(
                                DSL.select(PAST_PASSWORD.ID)
                                        .from(PAST_PASSWORD)
                                        .where(PAST_PASSWORD.USER_ID.eq(id.value()))
                                        .orderBy(PAST_PASSWORD.ID.desc())
                                        .limit(Math.max(0, unique - 1))))
                .execute();
    }

    /** The hashes of what was used before the present password, the newest first. */
    public List<String> past(Tx tx, UserId id, int most) {
        return tx.sql()
                .select(PAST_PASSWORD.HASH)
                .from(PAST_PASSWORD)
                .where(PAST_PASSWORD.USER_ID.eq(id.value()))
                .orderBy(PAST_PASSWORD.ID.desc())
                .limit(Math.max(0, most))
                .fetch(PAST_PASSWORD.HASH);
    }

    /** The same password under a dearer hash; nothing when it was changed meanwhile. */
    public void rehash(Tx tx, UserId id, String old, String hash) {
        tx.sql()
                .update(USER_ACCOUNT)
                .set(USER_ACCOUNT.PASSWORD_HASH, hash)
                .where(USER_ACCOUNT.ID.eq(id.value()), USER_ACCOUNT.PASSWORD_HASH.eq(old))
                .execute();
    }

    /**
     * Disables those whose last activity is no later than the day, but for those who are exempt;
     * how many.
     */
    public int disableInactive(Tx tx, LocalDate day, Instant now) {
        return tx.sql()
                .update(USER_ACCOUNT)
                .set(USER_ACCOUNT.ENABLED, false)
                .set(USER_ACCOUNT.TOKENS_VALID_AFTER, now)
                .where(
                        USER_ACCOUNT.ENABLED.isTrue(),
                        // Of those of directories the directory says who is enabled.
                        DSL.notExists(
                                DSL.selectOne()
                                        .from(DIRECTORY_USER)
                                        .where(DIRECTORY_USER.USER_ID.eq(USER_ACCOUNT.ID))),
                        DSL.coalesce(
                                        USER_ACCOUNT.LAST_ACTIVE_ON,
                                        USER_ACCOUNT.CREATED_AT.cast(
                                                org.jooq.impl.SQLDataType.LOCALDATE))
                                .le(day),
                        DSL.condition(
                                "not coalesce(({0} ->> 'ignore_user_inactivity')::boolean, false)",
                                USER_ACCOUNT.OPTIONS))
                .execute();
    }
}
