package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.UserId;

/** Who holds a role: a user, or a group on behalf of all its members. */
public sealed interface Actor {
    record User(UserId id) implements Actor {}

    record Group(String id) implements Actor {}
}
