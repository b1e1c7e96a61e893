package cloud.welkin.image.metadef;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.MetadefNamespace;
import cloud.welkin.image.store.MetadefTable;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;

/**
 * Finds the namespace of a call: 404 for what the caller may not see, 403 for what it may not do.
 */
final class MetadefAccess {
    private final MetadefTable table;

    MetadefAccess(MetadefTable table) {
        this.table = table;
    }

    MetadefNamespace namespace(Call call, Tx tx) {
        String name = call.path("namespace");
        MetadefNamespace namespace =
                table.find(tx, name)
                        .filter(it -> call.allows("get_metadef_namespace", MetadefForm.target(it)))
                        .orElseThrow(
                                () -> {
                                    // Whoever may do it to none is told so, found or not.
                                    call.authorize(
                                            call.caller()
                                                    .project()
                                                    .map(cloud.welkin.kernel.policy.Target::ownedBy)
                                                    .orElse(
                                                            cloud.welkin.kernel.policy.Target
                                                                    .NOTHING));
                                    return missing(name);
                                });
        call.authorize(MetadefForm.target(namespace));
        return namespace;
    }

    /** The same for what takes something away, which a protected namespace does not allow. */
    MetadefNamespace open(Call call, Tx tx) {
        MetadefNamespace namespace = namespace(call, tx);
        if (namespace.guarded()) {
            throw Failure.forbidden(
                    "Metadata definition namespace %s is protected and cannot be deleted.",
                    namespace.name());
        }
        return namespace;
    }

    static Failure missing(String name) {
        return Failure.notFound("Metadata definition namespace=%s was not found.", name);
    }
}
