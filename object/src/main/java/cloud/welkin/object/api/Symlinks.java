package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Preconditions;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.work.LargeObjects;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Objects that stand for another one (Swift's middleware symlink): {@code X-Symlink-Target:
 * container/object}, of another account by {@code X-Symlink-Target-Account}, of one state of it
 * only by {@code X-Symlink-Target-Etag}. Who follows one must be allowed to read what it leads to.
 */
final class Symlinks {
    /** How many links may follow each other. */
    static final int MOST_HOPS = 2;

    private static final String ACCOUNT = "x-symlink-target-account";
    private static final String ETAG = "x-symlink-target-etag";
    private static final String BYTES = "x-symlink-target-bytes";

    private Symlinks() {}

    static boolean isMeant(Call call) {
        return call.header(StoredObject.SYMLINK).filter(it -> !it.isEmpty()).isPresent();
    }

    /**
     * What is kept with a link that is to be made.
     *
     * @param find the object at a path, if the caller may read it
     * @throws Failure 400 for one to itself or of no form; 409 when the target is not as its ETag
     *     says
     */
    static Map<String, String> headers(
            Call call, SwiftPath link, Function<SwiftPath, Optional<StoredObject>> find) {
        String text = call.header(StoredObject.SYMLINK).map(Answers::text).orElseThrow();
        String trimmed = text.startsWith("/") ? text.substring(1) : text;
        int slash = trimmed.indexOf('/');
        if (slash <= 0 || slash == trimmed.length() - 1) {
            throw new Failure(
                    FailureKind.PRECONDITION_FAILED,
                    "PreconditionFailed",
                    "X-Symlink-Target header must be of the form <container name>/<object name>");
        }
        if (call.header(StoredObject.MANIFEST).isPresent()) {
            throw Failure.badRequest("A symlink cannot be a manifest.");
        }
        Map<String, String> headers = new TreeMap<>();
        headers.put(StoredObject.SYMLINK, trimmed);
        Optional<String> account = call.header(ACCOUNT).filter(it -> !it.isEmpty());
        account.ifPresent(it -> headers.put(ACCOUNT, it));
        SwiftPath target = SwiftPath.parse(account.orElse(link.account()) + "/" + trimmed);
        if (target.equals(link)) {
            throw Failure.badRequest("Symlink cannot target itself");
        }
        Optional<String> etag = call.header(ETAG).map(Preconditions::bare);
        if (etag.isPresent()) {
            StoredObject there =
                    find.apply(target)
                            .orElseThrow(() -> Failure.conflict("X-Symlink-Target does not exist"));
            if (!LargeObjects.etag(there).equalsIgnoreCase(etag.get())) {
                throw Failure.conflict(
                        "Object Etag '%s' does not match X-Symlink-Target-Etag header '%s'",
                        LargeObjects.etag(there), etag.get());
            }
            headers.put(ETAG, etag.get());
            headers.put(BYTES, Long.toString(there.size()));
        }
        return headers;
    }

    /** Where a link leads. */
    static SwiftPath target(SwiftPath link, StoredObject object) {
        return SwiftPath.parse(
                object.header(ACCOUNT).orElse(link.account())
                        + "/"
                        + object.header(StoredObject.SYMLINK).orElseThrow());
    }

    /**
     * @throws Failure 409 when the link is to a state that the target is not in any more
     */
    static void requireUnchanged(StoredObject link, Optional<StoredObject> target) {
        Optional<String> etag = link.header(ETAG);
        if (etag.isPresent()
                && target.filter(it -> !LargeObjects.etag(it).equalsIgnoreCase(etag.get()))
                        .isPresent()) {
            throw Failure.conflict("The target of the symlink is not what it was.");
        }
    }

    /** What a listing says of a link. */
    static void describe(SwiftPath container, StoredObject object, Map<String, Object> fields) {
        if (object.header(StoredObject.SYMLINK).isEmpty()) {
            return;
        }
        fields.put("symlink_path", target(container, object).url());
        object.header(ETAG).ifPresent(it -> fields.put("symlink_etag", it));
        object.header(BYTES).ifPresent(it -> fields.put("symlink_bytes", Long.parseLong(it)));
    }
}
