package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.Usage;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.ObjectTable.Found;
import cloud.welkin.object.store.UsageTable;
import java.util.Map;
import java.util.Optional;

/**
 * Limits that accounts and containers have by their metadata: bytes and objects. They are looked at
 * before a body is taken, as with Swift: uploads that run side by side can go beyond them by what
 * is under way.
 */
public final class Quotas {
    private final Database database;
    private final AccountTable accounts;
    private final UsageTable usages;

    public Quotas(Database database, AccountTable accounts, UsageTable usages) {
        this.database = database;
        this.accounts = accounts;
        this.usages = usages;
    }

    /**
     * How many bytes an object there may have.
     *
     * @param wanted bytes as announced
     * @throws Failure 413 when those are too many already, or no object more is allowed
     */
    public long room(Found place, long wanted) {
        long room = Long.MAX_VALUE;
        Container container = place.container().orElseThrow();
        Optional<Long> count = limit(container.headers(), "x-container-meta-quota-count");
        Optional<Long> bytes = limit(container.headers(), "x-container-meta-quota-bytes");
        long replaced = place.object().map(it -> it.size()).orElse(0L);
        if (count.isPresent() || bytes.isPresent()) {
            Usage usage = database.read(tx -> usages.of(tx, container.id()));
            if (count.isPresent()
                    && place.object().isEmpty()
                    && usage.objects() + 1 > count.get()) {
                throw Failure.tooLarge("Upload exceeds quota.");
            }
            room = bytes.map(it -> it - usage.bytes() + replaced).orElse(room);
        }
        Account account = place.account().orElseThrow();
        Optional<Long> all = limit(account.headers(), "x-account-meta-quota-bytes");
        if (all.isPresent()) {
            long used = database.read(tx -> accounts.totals(tx, account.id())).bytes();
            room = Math.min(room, all.get() - used + replaced);
        }
        if (wanted > room) {
            throw Failure.tooLarge("Upload exceeds quota.");
        }
        return room;
    }

    private static Optional<Long> limit(Map<String, String> headers, String name) {
        return Optional.ofNullable(headers.get(name))
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong);
    }
}
