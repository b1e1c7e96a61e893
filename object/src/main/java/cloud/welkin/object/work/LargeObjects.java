package cloud.welkin.object.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.ListingQuery;
import cloud.welkin.object.domain.ListingQuery.Line;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.engine.Locator;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.UploadTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What is sent for an object: its own body, or those of the objects that it stands for. */
public final class LargeObjects {
    private static final int MOST_SEGMENTS = 10_000;
    private static final int DEEPEST = 10;

    /**
     * A body as it is read.
     *
     * @param parts that follow each other
     */
    public record Whole(long size, String etag, List<Part> parts) {}

    /** A range of a body. */
    public record Part(String policy, Optional<Locator> locator, long from, long length) {}

    private final ObjectTable objects;
    private final ContainerTable containers;
    private final UploadTable uploads;
    private final Bodies bodies;

    public LargeObjects(
            ObjectTable objects, ContainerTable containers, UploadTable uploads, Bodies bodies) {
        this.uploads = uploads;
        this.objects = objects;
        this.containers = containers;
        this.bodies = bodies;
    }

    /** The object's own body, or its parts' that follow each other. */
    public Whole own(Tx tx, StoredObject object) {
        return new Whole(object.length(), object.etag(), stored(tx, object));
    }

    private List<Part> stored(Tx tx, StoredObject object) {
        return object.parts() == 0
                ? List.of(new Part(object.policy(), object.locator(), 0, object.length()))
                : uploads.parts(tx, object.id()).stream()
                        .map(it -> new Part(it.policy(), it.locator(), 0, it.length()))
                        .toList();
    }

    /** A range of bodies that follow each other. */
    private static List<Part> cut(List<Part> parts, long from, long length) {
        List<Part> cut = new ArrayList<>();
        long skip = from;
        long left = length;
        for (Part part : parts) {
            if (skip >= part.length()) {
                skip -= part.length();
                continue;
            }
            if (left <= 0) {
                break;
            }
            long here = Math.min(left, part.length() - skip);
            cut.add(new Part(part.policy(), part.locator(), part.from() + skip, here));
            left -= here;
            skip = 0;
        }
        return cut;
    }

    /**
     * The objects of a dynamic large one: those whose names begin with its manifest's prefix, in
     * their order.
     *
     * @param manifest {@code container/prefix}, decoded
     */
    public Whole dynamic(Tx tx, String account, String manifest) {
        int slash = manifest.indexOf('/');
        ListingQuery query =
                new ListingQuery(
                        MOST_SEGMENTS, "", "", manifest.substring(slash + 1), "", false, false);
        List<StoredObject> segments = new ArrayList<>();
        containers
                .find(tx, account, manifest.substring(0, slash))
                .ifPresent(
                        container ->
                                query.walk(
                                                slice -> objects.list(tx, container.id(), slice),
                                                StoredObject::name)
                                        .forEach(
                                                line -> {
                                                    if (line
                                                            instanceof
                                                            Line.Leaf<StoredObject>(
                                                                    StoredObject segment)) {
                                                        segments.add(segment);
                                                    }
                                                }));
        MessageDigest md5 = Bodies.md5();
        segments.forEach(segment -> md5.update(segment.etag().getBytes(StandardCharsets.US_ASCII)));
        return new Whole(
                segments.stream().mapToLong(StoredObject::length).sum(),
                "\"" + HexFormat.of().formatHex(md5.digest()) + "\"",
                segments.stream().flatMap(it -> stored(tx, it).stream()).toList());
    }

    /**
     * The objects that the manifest of a static large one names.
     *
     * @throws Failure 409 when one of them is not what it was
     */
    public Whole fixed(Tx tx, String account, StoredObject object) {
        List<Part> parts = new ArrayList<>();
        collect(tx, account, object, 0, object.size(), DEEPEST, parts);
        return new Whole(
                object.size(),
                "\"" + object.header(SegmentList.ETAG).orElse(object.etag()) + "\"",
                parts);
    }

    private void collect(
            Tx tx,
            String account,
            StoredObject manifest,
            long from,
            long length,
            int depth,
            List<Part> parts) {
        long skip = from;
        long left = length;
        for (SegmentList.Segment segment : segments(manifest)) {
            if (skip >= segment.length()) {
                skip -= segment.length();
                continue;
            }
            if (left <= 0) {
                return;
            }
            StoredObject object =
                    objects.find(tx, account, segment.container(), segment.object())
                            .object()
                            .filter(it -> segment.etag().equals(etag(it)))
                            .orElseThrow(
                                    () ->
                                            Failure.conflict(
                                                    "The segment %s is not what it was.",
                                                    segment.path()));
            long here = Math.min(left, segment.length() - skip);
            if (!object.isStaticLarge()) {
                parts.addAll(cut(stored(tx, object), segment.from() + skip, here));
            } else if (depth == 0) {
                throw Failure.conflict("Manifests are nested too deeply.");
            } else {
                collect(tx, account, object, segment.from() + skip, here, depth - 1, parts);
            }
            left -= here;
            skip = 0;
        }
    }

    /** The ETag that readers are told, without quotes. */
    public static String etag(StoredObject object) {
        return object.header(SegmentList.ETAG).orElse(object.etag());
    }

    /** What a manifest names. */
    public List<SegmentList.Segment> segments(StoredObject manifest) {
        try (InputStream body =
                bodies.read(manifest.policy(), manifest.locator(), 0, manifest.length())) {
            return SegmentList.read(body.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the first part of a range, so that a failure is known before the answer begins. */
    public InputStream open(Whole whole, long from, long length) {
        return new Sequence(whole.parts(), from, length);
    }

    /** A range over bodies that follow each other; each is opened when its turn comes. */
    private final class Sequence extends InputStream {
        private final List<Part> parts;
        private int next;
        private long skip;
        private long left;
        private InputStream current = InputStream.nullInputStream();

        Sequence(List<Part> parts, long from, long length) {
            this.parts = parts;
            this.skip = from;
            this.left = length;
            advance();
        }

        /** Opens the next part that has something of the range. */
        private boolean advance() {
            while (left > 0 && next < parts.size()) {
                Part part = parts.get(next++);
                if (skip >= part.length()) {
                    skip -= part.length();
                    continue;
                }
                current =
                        bodies.read(
                                part.policy(),
                                part.locator(),
                                part.from() + skip,
                                Math.min(left, part.length() - skip));
                skip = 0;
                return true;
            }
            return false;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (true) {
                int count = current.read(bytes, offset, length);
                if (count >= 0) {
                    left -= count;
                    return count;
                }
                current.close();
                if (!advance()) {
                    return -1;
                }
            }
        }

        @Override
        public long transferTo(OutputStream out) throws IOException {
            long sent = 0;
            do {
                long count = current.transferTo(out);
                left -= count;
                sent += count;
                current.close();
            } while (advance());
            return sent;
        }

        @Override
        public void close() throws IOException {
            current.close();
        }
    }
}
