package cloud.welkin.image.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * A set of metadata definitions.
 *
 * @param visibility public or private
 * @param guarded whether it and what is in it can be deleted
 */
public record MetadefNamespace(
        String name,
        String owner,
        String visibility,
        boolean guarded,
        Optional<String> displayName,
        Optional<String> description,
        Instant createdAt,
        Instant updatedAt) {

    /**
     * The types of resources that a namespace is for.
     *
     * @param prefix what the namespace's properties begin with on such resources
     * @param target what of the resource the properties are of, e.g. {@code image}
     */
    public record Association(
            String type,
            Optional<String> prefix,
            Optional<String> target,
            Instant createdAt,
            Instant updatedAt) {}
}
