package cloud.welkin.object.domain;

import cloud.welkin.object.engine.Locator;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An object as it is now.
 *
 * @param id of this state: an overwritten object has another
 * @param size bytes as listings show them; for a static large object those of its segments
 * @param length bytes of the stored body
 * @param etag of the stored body: MD5 in hex
 * @param headers metadata and everything else that was said by headers, under lower-case names
 * @param locator where the body is; absent for an empty one, and for one that is in parts
 * @param parts how many bodies of an upload in parts follow each other
 * @param versioned whether it was made while its bucket kept versions
 */
public record StoredObject(
        long container,
        String name,
        UUID id,
        Instant createdAt,
        long size,
        long length,
        String etag,
        String contentType,
        Map<String, String> headers,
        Optional<Locator> locator,
        String policy,
        Optional<Instant> deleteAt,
        int parts,
        boolean versioned) {
    /** An object whose body is its own, in a container that keeps no versions of S3's kind. */
    public StoredObject(
            long container,
            String name,
            UUID id,
            Instant createdAt,
            long size,
            long length,
            String etag,
            String contentType,
            Map<String, String> headers,
            Optional<Locator> locator,
            String policy,
            Optional<Instant> deleteAt) {
        this(
                container,
                name,
                id,
                createdAt,
                size,
                length,
                etag,
                contentType,
                headers,
                locator,
                policy,
                deleteAt,
                0,
                false);
    }

    /** Marks an object whose body is the manifest of a static large one. */
    public static final String STATIC_LARGE = "x-static-large-object";

    /** Names the container and prefix whose objects make up a dynamic large one. */
    public static final String MANIFEST = "x-object-manifest";

    /** Names the object that a link stands for. */
    public static final String SYMLINK = "x-symlink-target";

    public Optional<String> header(String header) {
        return Optional.ofNullable(headers.get(header));
    }

    public boolean isStaticLarge() {
        return headers.containsKey(STATIC_LARGE);
    }

    public boolean isExpired(Instant now) {
        return deleteAt.map(end -> !end.isAfter(now)).orElse(false);
    }

    /** The same body with other metadata. */
    public StoredObject described(
            Map<String, String> others, String type, Optional<Instant> end, Instant now) {
        return new StoredObject(
                container, name, id, now, size, length, etag, type, others, locator, policy, end,
                parts, versioned);
    }

    /** The same, shown in listings with another size. */
    public StoredObject showing(long bytes) {
        return new StoredObject(
                container,
                name,
                id,
                createdAt,
                bytes,
                length,
                etag,
                contentType,
                headers,
                locator,
                policy,
                deleteAt,
                parts,
                versioned);
    }

    /** The same as a version of its own. */
    public StoredObject asVersion() {
        return new StoredObject(
                container,
                name,
                id,
                createdAt,
                size,
                length,
                etag,
                contentType,
                headers,
                locator,
                policy,
                deleteAt,
                parts,
                true);
    }
}
