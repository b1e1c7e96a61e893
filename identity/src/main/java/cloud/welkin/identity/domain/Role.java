package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.DomainId;
import java.util.Optional;

/** A role; one with a domain exists in that domain only. */
public record Role(
        String id, String name, Optional<DomainId> domain, Optional<String> description) {}
