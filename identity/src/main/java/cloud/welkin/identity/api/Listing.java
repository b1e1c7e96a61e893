package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.store.DomainConfigStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.policy.Scope;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the lists of this API have in common: how they are narrowed and which domain is meant. */
final class Listing {
    static final Param ENABLED = Param.text("enabled", "Those that are enabled, or not.");
    private static final List<Param> USUAL =
            Stream.concat(
                            text("name", "name").stream(),
                            Stream.of(
                                    Param.integer("limit", "At most so many."),
                                    Param.text("marker", "Those behind this id."),
                                    Param.text("sort_key", "In the order of id or name."),
                                    Param.text("sort_dir", "In this direction: asc or desc.")))
                    .toList();

    private Listing() {}

    /** An attribute that a list is narrowed by, exactly or not. */
    static List<Param> text(String attribute, String words) {
        return List.of(
                Param.text(attribute, "Those of this " + words + "."),
                Param.text(
                        attribute + "__*",
                        "Those whose "
                                + words
                                + " contains, startswith, endswith or equals this; with an i"
                                + " before, without regard to case."));
    }

    /** By name, page by page, and by whatever more a resource has. */
    static List<Param> params(Param... more) {
        return Stream.concat(USUAL.stream(), Stream.of(more)).toList();
    }

    static List<Param> inDomain(Param... more) {
        return Stream.of(params(), text("domain_id", "domain"), List.of(more))
                .flatMap(List::stream)
                .toList();
    }

    /** The domain beyond which a list shows nothing: the one that the token is for. */
    static Optional<DomainId> within(Call call) {
        return call.caller().scope() instanceof Scope.Domain(DomainId id)
                ? Optional.of(id)
                : Optional.empty();
    }

    /** The one domain that a list is of, if it is: the caller's own, or the one asked for. */
    static Optional<DomainId> inOneDomain(Call call) {
        return within(call).or(() -> call.query().text("domain_id").map(DomainId::new));
    }

    /** What a list of users or groups is asked for; the domain may have a limit of its own. */
    static Asked limited(Call call, Tx tx, DomainConfigStore configs) {
        return Asked.of(call, "name", "domain_id")
                .atMost(inOneDomain(call).flatMap(domain -> configs.listLimit(tx, domain)));
    }

    /** The domain of a new thing whose request names none. */
    static DomainId ownDomain(Call call) {
        return switch (call.caller().scope()) {
            case Scope.Project project -> project.domain();
            case Scope.Domain domain -> domain.id();
            case Scope.System system -> call.caller().userDomain();
            case Scope.Unscoped unscoped -> call.caller().userDomain();
        };
    }

    /** A flag that is set by being there, unless it says that it is not. */
    static boolean flag(Query query, String name) {
        return query.text(name)
                .map(text -> !text.equals("0") && !text.equalsIgnoreCase("false"))
                .orElse(false);
    }
}
