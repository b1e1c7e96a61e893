package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.ACCOUNTS;
import static cloud.welkin.object.schema.Tables.CONTAINERS;
import static cloud.welkin.object.schema.Tables.OBJECTS;
import static cloud.welkin.object.schema.Tables.PARTS;
import static cloud.welkin.object.schema.Tables.UPLOADS;
import static cloud.welkin.object.schema.Tables.VERSIONS;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.schema.tables.records.AccountsRecord;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jooq.impl.DSL;

/** The rows of accounts. */
public final class AccountTable {
    /** Containers, their objects and bytes. */
    public record Totals(long containers, long objects, long bytes) {}

    private final UsageTable usages;

    public AccountTable(UsageTable usages) {
        this.usages = usages;
    }

    public Optional<Account> find(Tx tx, String name) {
        return tx.sql()
                .selectFrom(ACCOUNTS)
                .where(ACCOUNTS.NAME.eq(name))
                .fetchOptional(AccountTable::account);
    }

    /** The account, made at the first need and locked against other changes of its headers. */
    public Account lock(Tx tx, String name, Instant now) {
        tx.sql()
                .insertInto(ACCOUNTS)
                .set(ACCOUNTS.NAME, name)
                .set(ACCOUNTS.CREATED_AT, now)
                .onConflictDoNothing()
                .execute();
        return tx.sql()
                .selectFrom(ACCOUNTS)
                .where(ACCOUNTS.NAME.eq(name))
                .forNoKeyUpdate()
                .fetchSingle(AccountTable::account);
    }

    public void setHeaders(Tx tx, long account, Map<String, String> headers) {
        tx.sql()
                .update(ACCOUNTS)
                .set(ACCOUNTS.HEADERS, HeaderMap.column(headers))
                .where(ACCOUNTS.ID.eq(account))
                .execute();
    }

    /** Removes the account and all that is in it; the bodies become garbage. */
    public boolean delete(Tx tx, String name) {
        var of = DSL.select(ACCOUNTS.ID).from(ACCOUNTS).where(ACCOUNTS.NAME.eq(name));
        var all = DSL.select(CONTAINERS.ID).from(CONTAINERS).where(CONTAINERS.ACCOUNT.in(of));
        var begun = DSL.select(UPLOADS.ID).from(UPLOADS).where(UPLOADS.CONTAINER.in(all));
        tx.sql().deleteFrom(PARTS).where(PARTS.OBJECT.in(begun)).execute();
        tx.sql().deleteFrom(UPLOADS).where(UPLOADS.CONTAINER.in(all)).execute();
        tx.sql().deleteFrom(VERSIONS).where(VERSIONS.CONTAINER.in(all)).execute();
        tx.sql().deleteFrom(OBJECTS).where(OBJECTS.CONTAINER.in(all)).execute();
        tx.sql().deleteFrom(CONTAINERS).where(CONTAINERS.ACCOUNT.in(of)).execute();
        return tx.sql().deleteFrom(ACCOUNTS).where(ACCOUNTS.NAME.eq(name)).execute() > 0;
    }

    public Totals totals(Tx tx, long account) {
        var used = usages.ofContainers();
        return tx.sql()
                .select(
                        DSL.count(),
                        DSL.coalesce(DSL.sum(used.objects()), DSL.inline(0)),
                        DSL.coalesce(DSL.sum(used.bytes()), DSL.inline(0)))
                .from(CONTAINERS)
                .crossApply(used.table())
                .where(CONTAINERS.ACCOUNT.eq(account))
                .fetchSingle(
                        row ->
                                new Totals(
                                        row.value1(),
                                        row.value2().longValue(),
                                        row.value3().longValue()));
    }

    static Account account(AccountsRecord row) {
        return new Account(
                row.getId(), row.getName(), HeaderMap.of(row.getHeaders()), row.getCreatedAt());
    }
}
