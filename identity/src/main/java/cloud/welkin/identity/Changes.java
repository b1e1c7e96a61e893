package cloud.welkin.identity;

import cloud.welkin.database.Tx;

/**
 * How the stores' users say that something changed which callers are made of: caches of all
 * replicas drop it.
 */
@FunctionalInterface
public interface Changes {
    void made(Tx tx);
}
