package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.domain.AccountAcl;
import cloud.welkin.object.domain.AddressRange;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.ContainerAcl;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.TempUrl;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who may. The owners of an account by the operation's policy rule; others by what the container
 * says ({@code X-Container-Read}, {@code X-Container-Write}); anybody by a URL that was signed.
 */
final class Admission {
    /** What accounts are called: this and the project's id. */
    static final String PREFIX = "AUTH_";

    private static final List<String> KEYS = List.of("temp-url-key", "temp-url-key-2");

    /** Where an account keeps who beside its project may use it. */
    static final String ACCOUNT_LIST = "x-account-access-control";

    private static final List<String> SHOWING_OTHERS =
            List.of(StoredObject.MANIFEST, StoredObject.SYMLINK);

    private final Clock clock;

    Admission(Clock clock) {
        this.clock = clock;
    }

    /** Whether the caller is one of the account's own by the operation's rule. */
    static boolean owns(Call call, String account) {
        return may(call, account, call.operation().policyName());
    }

    /** Whether the caller may change what is in the account, whatever the operation's own rule. */
    static boolean mayWrite(Call call, String account) {
        return may(call, account, SwiftPolicy.WRITE);
    }

    private static boolean may(Call call, String account, String rule) {
        boolean may =
                call.callerIfAny().isPresent()
                        && account.startsWith(PREFIX)
                        && call.allows(
                                rule,
                                Target.ownedBy(new ProjectId(account.substring(PREFIX.length()))));
        if (may) {
            call.admit();
        }
        return may;
    }

    /** Whether the account's own list lets the caller do so much. */
    static boolean byAccount(Call call, Optional<Account> account, AccountAcl.Level level) {
        Optional<AccountAcl> list =
                account.flatMap(it -> Optional.ofNullable(it.headers().get(ACCOUNT_LIST)))
                        .map(AccountAcl::parse);
        boolean admitted =
                list.isPresent()
                        && call.callerIfAny()
                                .filter(
                                        caller ->
                                                list.get()
                                                        .admits(
                                                                level,
                                                                caller.project()
                                                                        .map(ProjectId::value)
                                                                        .orElse(""),
                                                                caller.user().value()))
                                .isPresent();
        if (admitted) {
            call.admit();
        }
        return admitted;
    }

    /** Whether the caller may see and set keys and lists. */
    static boolean administers(Call call, String name, Optional<Account> account) {
        return mayWrite(call, name) || byAccount(call, account, AccountAcl.Level.ADMIN);
    }

    /**
     * Lets in the account's own by the operation's rule.
     *
     * @throws Failure 401 for somebody without a token, 403 for others
     */
    static void owner(Call call, String account) {
        if (!owns(call, account)) {
            throw refusal(call);
        }
    }

    /**
     * Lets in the account's own, and whom its list lets do so much.
     *
     * @throws Failure as {@link #owner(Call, String)}
     */
    static void owner(Call call, String name, Optional<Account> account, AccountAcl.Level level) {
        if (!owns(call, name) && !byAccount(call, account, level)) {
            throw refusal(call);
        }
    }

    /** Lets in who may read the container's objects. */
    void reader(
            Call call, SwiftPath path, Optional<Account> account, Optional<Container> container) {
        // First, so that one that is over is refused also beside a token.
        if (!byTempUrl(call, path, account, container)
                && !may(call, path.account(), SwiftPolicy.READ)
                && !byAccount(call, account, AccountAcl.Level.READ)
                && !byList(call, container, "x-container-read", false)) {
            throw refusal(call);
        }
    }

    /** Lets in who may list the container. */
    void lister(
            Call call, SwiftPath path, Optional<Account> account, Optional<Container> container) {
        if (!may(call, path.account(), SwiftPolicy.READ)
                && !byAccount(call, account, AccountAcl.Level.READ)
                && !byList(call, container, "x-container-read", true)) {
            throw refusal(call);
        }
    }

    /** Lets in who may change the container's objects. */
    void writer(
            Call call, SwiftPath path, Optional<Account> account, Optional<Container> container) {
        // First, so that one that is over is refused also beside a token.
        if (!byTempUrl(call, path, account, container)
                && !mayWrite(call, path.account())
                && !byAccount(call, account, AccountAcl.Level.WRITE)
                && !byList(call, container, "x-container-write", false)) {
            throw refusal(call);
        }
    }

    private static boolean byList(
            Call call, Optional<Container> container, String header, boolean listing) {
        Optional<ContainerAcl> list =
                container
                        .flatMap(it -> it.header(header))
                        .map(text -> ContainerAcl.parse(text, header.endsWith("write")));
        if (list.isEmpty()) {
            return false;
        }
        boolean named =
                call.callerIfAny()
                        .filter(
                                caller ->
                                        list.get()
                                                .names(
                                                        caller.project()
                                                                .map(ProjectId::value)
                                                                .orElse(""),
                                                        caller.user().value()))
                        .isPresent();
        boolean referred =
                list.get().admitsReferrer(call.header("Referer"))
                        && (!listing || list.get().listings());
        if (named || referred) {
            call.admit();
        }
        return named || referred;
    }

    private boolean byTempUrl(
            Call call, SwiftPath path, Optional<Account> account, Optional<Container> container) {
        Optional<String> signature = call.query().text("temp_url_sig");
        Optional<String> expires = call.query().text("temp_url_expires");
        if (signature.isEmpty() || expires.isEmpty() || path.object().isEmpty()) {
            return false;
        }
        Optional<Instant> end = TempUrl.moment(expires.get());
        Optional<String> prefix = call.query().text("temp_url_prefix");
        String object = path.object().get();
        if (end.filter(clock.instant()::isBefore).isEmpty()
                || prefix.filter(it -> !object.startsWith(it)).isPresent()) {
            throw unsigned();
        }
        // Whoever may write one object must not make it show others.
        if (SHOWING_OTHERS.stream().anyMatch(name -> call.header(name).isPresent())) {
            throw Failure.badRequest("A signed URL cannot make links or manifests.");
        }
        Optional<String> range = call.query().text("temp_url_ip_range");
        if (range.filter(it -> !AddressRange.parse(it).contains(call.peer())).isPresent()) {
            throw unsigned();
        }
        TempUrl url = new TempUrl(signature.get(), end.get(), prefix, range);
        String scope =
                "/v1/"
                        + path.account()
                        + "/"
                        + path.container().orElse("")
                        + "/"
                        + prefix.orElse(object);
        List<String> keys = keys(account, container);
        if (!url.isSigned(keys, call.operation().method(), scope)
                && !url.isSigned(keys, call.operation().method(), SwiftPolicy.MOUNT + scope)) {
            throw unsigned();
        }
        call.admit();
        return true;
    }

    /** The keys by which URLs and forms may be signed. */
    static List<String> keys(Optional<Account> account, Optional<Container> container) {
        List<String> keys = new ArrayList<>();
        for (String key : KEYS) {
            account.map(it -> it.headers().get("x-account-meta-" + key)).ifPresent(keys::add);
            container.map(it -> it.headers().get("x-container-meta-" + key)).ifPresent(keys::add);
        }
        return keys;
    }

    private static Failure unsigned() {
        return Failure.unauthorized("Temp URL invalid");
    }

    static Failure refusal(Call call) {
        return call.callerIfAny().isPresent()
                ? new Failure(
                        FailureKind.FORBIDDEN, "Forbidden", "Access was denied to this resource.")
                : Failure.unauthorized(
                        "This server could not verify that you are authorized to access the"
                                + " document you requested.");
    }
}
