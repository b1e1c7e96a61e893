package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.domain.AccountAcl;
import cloud.welkin.object.domain.ListingQuery;
import cloud.welkin.object.domain.ListingQuery.Line;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.AccountTable.Totals;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ContainerTable.Listed;
import cloud.welkin.object.work.Bodies;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Accounts: a project's containers, totals and metadata. An account is made by the first thing that
 * is kept in it; until then it answers as an empty one.
 */
public final class AccountOperations implements OperationGroup {
    private static final String QUOTA = "x-account-meta-quota-bytes";
    private static final List<String> OWNERS_ONLY =
            List.of(
                    Admission.ACCOUNT_LIST,
                    "x-account-meta-temp-url-key",
                    "x-account-meta-temp-url-key-2");
    private static final Totals NOTHING = new Totals(0, 0, 0);

    private final Database database;
    private final AccountTable accounts;
    private final ContainerTable containers;
    private final BulkDelete bulk;
    private final ArchiveUpload archives;
    private final Clock clock;

    public AccountOperations(
            Database database,
            AccountTable accounts,
            ContainerTable containers,
            BulkDelete bulk,
            ArchiveUpload archives,
            Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.containers = containers;
        this.bulk = bulk;
        this.archives = archives;
        this.clock = clock;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/{account}")
                        .policyByThing(SwiftPolicy.READ)
                        .anyParam()
                        .doc("Lists the account's containers, as text, JSON or XML.")
                        .streams(this::list),
                Operation.head("/{account}")
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Tells the account's totals and metadata.")
                        .status(204)
                        .streams(this::show),
                Operation.post("/{account}")
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc(
                                "Changes the account's metadata; deletes what the body names (bulk-delete).")
                        .status(204)
                        .streams(this::update),
                Operation.put("/{account}")
                        .policyByThing(SwiftPolicy.ADMINISTER)
                        .doc("Makes an account; or stores an archive's files (extract-archive).")
                        .status(201)
                        .streams(this::create),
                Operation.delete("/{account}")
                        .policyByThing(SwiftPolicy.ADMINISTER)
                        .doc(
                                "Deletes an account and all that is in it; or what the body names (bulk-delete).")
                        .streams(this::delete));
    }

    private void list(Call call, Exchange exchange) {
        String name = SwiftPath.of(call).account();
        admitted(call, name, AccountAcl.Level.READ);
        Listings.Form form = Listings.form(call);
        ListingQuery query = Listings.query(call);
        record Found(Optional<Account> account, Totals totals, List<Line<Listed>> lines) {}
        Found found =
                database.read(
                        tx -> {
                            Optional<Account> account = accounts.find(tx, name);
                            return new Found(
                                    account,
                                    account.map(it -> accounts.totals(tx, it.id())).orElse(NOTHING),
                                    account.map(it -> lines(tx, it, query)).orElse(List.of()));
                        });
        Map<String, String> headers = headers(call, found.account(), found.totals());
        headers.put("Content-Type", form.contentType());
        byte[] body =
                Listings.write(
                        form,
                        found.lines(),
                        Map.entry("account", name),
                        "container",
                        AccountOperations::fields);
        Answers.send(exchange, body.length == 0 ? 204 : 200, headers, body);
    }

    private List<Line<Listed>> lines(Tx tx, Account account, ListingQuery query) {
        return query.walk(
                slice -> containers.list(tx, account.id(), slice),
                listed -> listed.container().name());
    }

    private static Map<String, Object> fields(Listed listed) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", listed.container().name());
        fields.put("count", listed.usage().objects());
        fields.put("bytes", listed.usage().bytes());
        fields.put("last_modified", Answers.listed(listed.container().updatedAt()));
        return fields;
    }

    private void show(Call call, Exchange exchange) {
        String name = SwiftPath.of(call).account();
        admitted(call, name, AccountAcl.Level.READ);
        record Found(Optional<Account> account, Totals totals) {}
        Found found =
                database.read(
                        tx -> {
                            Optional<Account> account = accounts.find(tx, name);
                            return new Found(
                                    account,
                                    account.map(it -> accounts.totals(tx, it.id()))
                                            .orElse(NOTHING));
                        });
        Map<String, String> headers = headers(call, found.account(), found.totals());
        headers.put("Content-Type", Listings.form(call).contentType());
        Answers.head(exchange, 204, headers, 0);
    }

    /** Asks for the account's row only where the caller is none of its own. */
    private void admitted(Call call, String name, AccountAcl.Level level) {
        if (!Admission.owns(call, name)) {
            Admission.owner(call, name, database.read(tx -> accounts.find(tx, name)), level);
        }
    }

    private static String list(String text) {
        if (text.isBlank()) {
            return "";
        }
        try {
            AccountAcl.parse(text);
            return text;
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("%s", String.valueOf(e.getMessage()));
        }
    }

    private Map<String, String> headers(Call call, Optional<Account> account, Totals totals) {
        Map<String, String> headers = Answers.headers(call);
        headers.put("X-Account-Container-Count", Long.toString(totals.containers()));
        headers.put("X-Account-Object-Count", Long.toString(totals.objects()));
        headers.put("X-Account-Bytes-Used", Long.toString(totals.bytes()));
        // One policy so far: what it keeps is everything.
        String policy = "X-Account-Storage-Policy-" + Bodies.DEFAULT_POLICY;
        headers.put(policy + "-Container-Count", Long.toString(totals.containers()));
        headers.put(policy + "-Object-Count", Long.toString(totals.objects()));
        headers.put(policy + "-Bytes-Used", Long.toString(totals.bytes()));
        headers.put("Accept-Ranges", "bytes");
        Instant made = account.map(Account::createdAt).orElseGet(clock::instant);
        headers.put("X-Timestamp", Answers.timestamp(made));
        account.ifPresent(
                it -> {
                    Map<String, String> shown = new TreeMap<>(it.headers());
                    if (!Admission.administers(call, it.name(), account)) {
                        // Who reads a key could sign what he may not do.
                        shown.keySet().removeAll(OWNERS_ONLY);
                    }
                    Answers.addAll(headers, shown);
                });
        return headers;
    }

    private void update(Call call, Exchange exchange) {
        String name = SwiftPath.of(call).account();
        if (call.query().has("bulk-delete")) {
            bulk.deleteNamed(call, exchange, name);
            return;
        }
        admitted(call, name, AccountAcl.Level.ADMIN);
        Map<String, String> given = Metadata.of(call, "account");
        call.header(Admission.ACCOUNT_LIST)
                .map(Answers::text)
                .ifPresent(it -> given.put(Admission.ACCOUNT_LIST, list(it)));
        if (given.containsKey(QUOTA) && !call.caller().hasRole("ResellerAdmin")) {
            throw Admission.refusal(call);
        }
        database.change(
                tx -> {
                    Account account = accounts.lock(tx, name, clock.instant());
                    accounts.setHeaders(
                            tx, account.id(), Metadata.merged(account.headers(), given));
                });
        Answers.empty(exchange, 204, Answers.headers(call));
    }

    private void create(Call call, Exchange exchange) {
        if (ArchiveUpload.isMeant(call)) {
            archives.extract(call, exchange);
            return;
        }
        String name = SwiftPath.of(call).account();
        Admission.owner(call, name);
        if (!name.startsWith(Admission.PREFIX)) {
            throw Failure.badRequest("An account is called %s and a project's id.", "AUTH_");
        }
        Map<String, String> given = Metadata.of(call, "account");
        boolean made =
                database.write(
                        tx -> {
                            boolean there = accounts.find(tx, name).isPresent();
                            Account account = accounts.lock(tx, name, clock.instant());
                            accounts.setHeaders(
                                    tx, account.id(), Metadata.merged(account.headers(), given));
                            return !there;
                        });
        Answers.empty(exchange, made ? 201 : 202, Answers.headers(call));
    }

    private void delete(Call call, Exchange exchange) {
        String name = SwiftPath.of(call).account();
        if (call.query().has("bulk-delete")) {
            bulk.deleteNamed(call, exchange, name);
            return;
        }
        Admission.owner(call, name);
        if (!database.write(tx -> accounts.delete(tx, name))) {
            throw Failure.notFound("The resource could not be found.");
        }
        Answers.empty(exchange, 204, Answers.headers(call));
    }
}
