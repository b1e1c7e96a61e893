package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Uploads;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Stores the files of a tar archive as objects while it comes ({@code PUT ?extract-archive=tar.gz},
 * Swift's middleware bulk): the first folder of a path is the container, made where it is not
 * there, unless the URL names one. Links and devices are passed over; what an archive says of its
 * files' types and metadata (PAX attributes {@code user.mime_type}, {@code user.meta.*}) is kept.
 */
public final class ArchiveUpload {
    static final int MOST_CONTAINERS = 10_000;
    static final int MOST_FAILED = 1000;

    /** An archive may be this much larger unpacked, beyond {@link #HARMLESS}. */
    private static final int LARGEST_RATIO = 250;

    private static final long HARMLESS = 1L << 30;

    /** Names, links and attributes of a file, and what fills its last block. */
    private static final int LARGEST_HEAD = 1 << 20;

    private static final Set<String> FORMATS = Set.of("tar", "tar.gz", "tar.bz2");
    private static final String ATTRIBUTE = "SCHILY.xattr.user.";
    private static final String ATTRIBUTE_BY_LIBARCHIVE = "LIBARCHIVE.xattr.user.";

    private final Database database;
    private final AccountTable accounts;
    private final ContainerTable containers;
    private final ObjectTable objects;
    private final Quotas quotas;
    private final Uploads uploads;
    private final Clock clock;
    private final Admission admission;

    public ArchiveUpload(
            Database database,
            AccountTable accounts,
            ContainerTable containers,
            ObjectTable objects,
            Quotas quotas,
            Uploads uploads,
            Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.containers = containers;
        this.objects = objects;
        this.quotas = quotas;
        this.uploads = uploads;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    static boolean isMeant(Call call) {
        return call.query().has("extract-archive");
    }

    /** Stores what the body holds below what the path names. */
    void extract(Call call, Exchange exchange) {
        SwiftPath base = SwiftPath.of(call);
        String format = call.query().text("extract-archive").orElse("");
        if (!FORMATS.contains(format)) {
            throw Failure.badRequest("Unsupported archive format");
        }
        admit(call, base);
        Extraction extraction = new Extraction(call, base);
        String problem = "";
        try {
            Counted received = new Counted(exchange.body());
            extraction.run(received, unpacked(received, format));
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            // The reader of archives throws all of these at bytes that are none.
            problem = "Invalid Tar File: " + e.getMessage();
        } catch (Failure e) {
            problem = e.text();
        }
        BulkAnswers.send(
                call,
                exchange,
                200,
                "extract",
                Map.of("Number Files Created", extraction.created),
                extraction.outcome(problem));
    }

    /** Refuses before anything is read; each object's own container is asked again. */
    private void admit(Call call, SwiftPath base) {
        if (Admission.mayWrite(call, base.account())) {
            return;
        }
        if (base.container().isEmpty()) {
            throw Admission.refusal(call);
        }
        ObjectTable.Found found =
                database.read(
                        tx -> objects.find(tx, base.account(), base.container().orElseThrow(), ""));
        admission.writer(call, base, found.account(), found.container());
    }

    private static InputStream unpacked(InputStream body, String format) throws IOException {
        InputStream buffered = new BufferedInputStream(body, 65_536);
        return switch (format) {
            case "tar.gz" ->
                    GzipCompressorInputStream.builder()
                            .setInputStream(buffered)
                            .setDecompressConcatenated(true)
                            .get();
            case "tar.bz2" -> new BZip2CompressorInputStream(buffered, true);
            default -> buffered;
        };
    }

    /** One archive as it is taken apart. */
    private final class Extraction {
        final Call call;
        final SwiftPath base;
        final List<BulkAnswers.Failed> errors = new ArrayList<>();
        final Set<String> made = new HashSet<>();
        int created;
        long unpacked;

        Extraction(Call call, SwiftPath base) {
            this.call = call;
            this.base = base;
        }

        void run(Counted received, InputStream unpackedBody) throws IOException {
            Bounded bounded = new Bounded(unpackedBody);
            TarArchiveInputStream tar = new TarArchiveInputStream(bounded);
            TarArchiveEntry entry = next(tar, bounded, 0);
            while (entry != null) {
                if (isPlainFile(entry)) {
                    unpacked += entry.getRealSize();
                    if (unpacked > HARMLESS && unpacked / LARGEST_RATIO > received.count) {
                        throw Failure.badRequest(
                                "The archive grows more than %d times when it is unpacked.",
                                LARGEST_RATIO);
                    }
                    take(entry, tar);
                }
                if (errors.size() >= MOST_FAILED) {
                    throw Failure.badRequest("%d files failed.", errors.size());
                }
                entry = next(tar, bounded, entry.getRealSize());
            }
        }

        /** Goes over what is left of the file before, and reads no more of a head than one has. */
        private static TarArchiveEntry next(TarArchiveInputStream tar, Bounded bounded, long before)
                throws IOException {
            bounded.left = before + LARGEST_HEAD;
            TarArchiveEntry entry = tar.getNextEntry();
            bounded.left = Long.MAX_VALUE;
            return entry;
        }

        private static boolean isPlainFile(TarArchiveEntry entry) {
            return switch (entry.getLinkFlag()) {
                case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG ->
                        !entry.getName().endsWith("/");
                default -> false;
            };
        }

        private void take(TarArchiveEntry entry, InputStream body) {
            String name = entry.getName().replaceFirst("^(\\./|/)+", "");
            try {
                // A file that lies in no folder has no container to go to.
                if (base.container().isPresent() || name.contains("/")) {
                    store(place(name), entry, body);
                    created++;
                }
            } catch (Failure e) {
                errors.add(BulkAnswers.Failed.of(name, e));
            }
        }

        private SwiftPath place(String name) {
            if (Arrays.stream(name.split("/", -1)).anyMatch(it -> it.equals("..") || it.equals("."))
                    || name.indexOf('\0') >= 0) {
                throw Failure.badRequest("A path with dots for folders is not taken.");
            }
            String below =
                    base.container()
                            .map(
                                    it ->
                                            it
                                                    + "/"
                                                    + base.object()
                                                            .map(o -> o.replaceAll("/+$", "") + "/")
                                                            .orElse("")
                                                    + name)
                            .orElse(name);
            return SwiftPath.checked(base.account(), below);
        }

        private void store(SwiftPath path, TarArchiveEntry entry, InputStream body) {
            if (entry.getRealSize() > Uploads.LARGEST) {
                throw Failure.tooLarge("Your request is too large.");
            }
            makeContainer(path);
            ObjectTable.Found found =
                    database.read(
                            tx ->
                                    objects.find(
                                            tx,
                                            path.account(),
                                            path.container().orElseThrow(),
                                            path.object().orElseThrow()));
            admission.writer(call, path, found.account(), found.container());
            Container container =
                    found.container()
                            .orElseThrow(
                                    () -> Failure.notFound("The resource could not be found."));
            Map<String, String> headers = metadata(entry);
            Metadata.check(headers);
            StoredObject object =
                    uploads.receive(
                            new Uploads.Wanted(
                                    container,
                                    path.object().orElseThrow(),
                                    type(entry),
                                    headers,
                                    ObjectHeaders.deleteAt(call::header, clock.instant())),
                            new Entry(body),
                            OptionalLong.of(entry.getRealSize()),
                            Math.min(Uploads.LARGEST, quotas.room(found, entry.getRealSize())));
            uploads.store(container, object, false);
        }

        private void makeContainer(SwiftPath path) {
            String name = path.container().orElseThrow();
            if (made.contains(name) || !Admission.mayWrite(call, path.account())) {
                return;
            }
            if (made.size() >= MOST_CONTAINERS) {
                throw Failure.badRequest(
                        "More than %d containers to create from tar.", MOST_CONTAINERS);
            }
            database.change(
                    tx -> {
                        Account account = accounts.lock(tx, path.account(), clock.instant());
                        containers.insert(
                                tx,
                                account.id(),
                                name,
                                Bodies.DEFAULT_POLICY,
                                Map.of(),
                                clock.instant());
                    });
            made.add(name);
        }

        BulkAnswers.Outcome outcome(String problem) {
            if (!problem.isEmpty()) {
                return new BulkAnswers.Outcome(
                        status(FailureKind.BAD_REQUEST), problem, List.copyOf(errors));
            }
            if (!errors.isEmpty()) {
                return new BulkAnswers.Outcome(
                        status(FailureKind.BAD_REQUEST), "", List.copyOf(errors));
            }
            return created == 0
                    ? new BulkAnswers.Outcome(
                            status(FailureKind.BAD_REQUEST),
                            "Invalid Tar File: No Valid Files",
                            List.of())
                    : new BulkAnswers.Outcome("201 Created", "", List.of());
        }

        private static String status(FailureKind kind) {
            return kind.status() + " " + kind.title();
        }
    }

    private static Optional<String> attribute(TarArchiveEntry entry, String name) {
        Map<String, String> all = entry.getExtraPaxHeaders();
        return Optional.ofNullable(all.get(ATTRIBUTE + name))
                .or(() -> Optional.ofNullable(all.get(ATTRIBUTE_BY_LIBARCHIVE + name)));
    }

    private static String type(TarArchiveEntry entry) {
        return attribute(entry, "mime_type")
                .or(
                        () ->
                                Optional.ofNullable(
                                        URLConnection.guessContentTypeFromName(entry.getName())))
                .orElse(ObjectHeaders.DEFAULT_TYPE);
    }

    private static Map<String, String> metadata(TarArchiveEntry entry) {
        Map<String, String> metadata = new TreeMap<>();
        for (String name : entry.getExtraPaxHeaders().keySet()) {
            String key = name.substring(name.lastIndexOf('.', Math.max(0, name.length() - 1)) + 1);
            if (name.equals(ATTRIBUTE + "meta." + key)
                    || name.equals(ATTRIBUTE_BY_LIBARCHIVE + "meta." + key)) {
                attribute(entry, "meta." + key)
                        .ifPresent(
                                value ->
                                        metadata.put(
                                                "x-object-meta-"
                                                        + key.toLowerCase(java.util.Locale.ROOT),
                                                value));
            }
        }
        return metadata;
    }

    /** Ends with an error where more is read than may be: heads of archives can be bombs too. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left = Long.MAX_VALUE;

        Bounded(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new IOException("a head is larger than " + LARGEST_HEAD + " bytes");
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }

    /** Counts what came over the wire. */
    private static final class Counted extends InputStream {
        private final InputStream in;
        private long count;

        Counted(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            count += one < 0 ? 0 : 1;
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }

    /** The file that the archive is at; closing it does not close the archive. */
    private static final class Entry extends InputStream {
        private final InputStream in;

        Entry(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return in.read(bytes, offset, length);
        }
    }
}
