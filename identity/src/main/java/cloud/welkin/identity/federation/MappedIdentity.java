package cloud.welkin.identity.federation;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whom a mapping makes of what an identity provider said.
 *
 * @param groups where membership lasts as long as the provider vouches for it
 * @param projects made where they are missing, in the provider's domain unless they name another
 */
public record MappedIdentity(
        MappedUser user, Set<MappedGroup> groups, List<MappedProject> projects) {

    /** A domain by id, or by name. */
    public record MappedDomain(Optional<String> id, Optional<String> name) {}

    /**
     * @param local one who has an account here already, not one made of the assertion
     */
    public record MappedUser(
            Optional<String> id,
            Optional<String> name,
            Optional<String> email,
            Optional<MappedDomain> domain,
            boolean local) {}

    /** A group by id, or by name and domain. */
    public sealed interface MappedGroup {
        record ById(String id) implements MappedGroup {}

        record ByName(String name, MappedDomain domain) implements MappedGroup {}
    }

    public record MappedProject(String name, Optional<MappedDomain> domain, List<String> roles) {}
}
