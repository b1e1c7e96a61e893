package cloud.welkin.identity;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;

/**
 * How the stores' users say that something changed which callers are made of: all replicas look
 * again. Whoever can name the one user or project that it concerns spares all others that.
 */
public interface Changes {
    void made(Tx tx);

    /** The user itself, its roles, groups or credentials, what it lent, a token of it. */
    void made(Tx tx, UserId user);

    /** A project that is no domain, or the roles of somebody on it alone. */
    void made(Tx tx, ProjectId project);
}
