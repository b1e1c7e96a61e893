package cloud.welkin.kernel.policy;

import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;

/**
 * What a token is good for: one project, one domain, the whole system, or nothing but asking for
 * another token.
 */
public sealed interface Scope {
    /** A project and the domain that owns it. */
    record Project(ProjectId id, DomainId domain) implements Scope {}

    /** A domain. */
    record Domain(DomainId id) implements Scope {}

    /** The deployment as a whole ({@code system: all}). */
    record System() implements Scope {}

    /** Authenticated, and nothing more. */
    record Unscoped() implements Scope {}
}
