package cloud.welkin.identity.api;

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
    private static final List<Param> USUAL =
            List.of(
                    Param.text("name", "Those of this name."),
                    Param.text("name__contains", "Those whose name holds this."),
                    Param.text("domain_id", "Those of this domain."),
                    Param.integer("limit", "At most so many."),
                    Param.text("marker", "Those behind this id."));

    private Listing() {}

    /** By name, by domain and page by page, and by whatever more a resource has. */
    static List<Param> params(Param... more) {
        return Stream.concat(USUAL.stream(), Stream.of(more)).toList();
    }

    /** The domain that a list is about: the one asked for, else the one that the token is for. */
    static Optional<DomainId> domain(Call call) {
        return call.query()
                .text("domain_id")
                .map(DomainId::new)
                .or(
                        () ->
                                call.caller().scope() instanceof Scope.Domain(DomainId id)
                                        ? Optional.of(id)
                                        : Optional.empty());
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
