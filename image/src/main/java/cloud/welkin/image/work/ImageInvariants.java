package cloud.welkin.image.work;

import cloud.welkin.database.Database;
import cloud.welkin.image.store.ContentTable;
import cloud.welkin.image.store.ContentTable.Content;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.quota.Quotas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between the rows of images and their files. */
public final class ImageInvariants {
    private final Database database;
    private final ImageTable images;
    private final ContentTable contents;
    private final ImageStore store;
    private final Quotas quotas;

    public ImageInvariants(
            Database database,
            ImageTable images,
            ContentTable contents,
            ImageStore store,
            Quotas quotas) {
        this.database = database;
        this.images = images;
        this.contents = contents;
        this.store = store;
        this.quotas = quotas;
    }

    public List<Invariant> all() {
        return List.of(
                new Invariant(
                        "every content of an image is a file of its size",
                        "image",
                        "A server made from an image without its file cannot start.",
                        this::missing),
                new Invariant(
                        "every file of the image store has its row",
                        "image",
                        "A file without a row only takes space.",
                        this::strays),
                quotas.invariant(ImageQuotas.COUNT, images::countByOwner),
                quotas.invariant(ImageQuotas.SIZE, images::mibByOwner),
                quotas.invariant(ImageQuotas.STAGED, images::stagedMibByOwner),
                quotas.invariant(ImageQuotas.UPLOADING, images::uploadingByOwner));
    }

    /** Reads every file and compares its checksums: slow, on demand only. */
    public List<Finding> scrub() {
        List<Finding> findings = new ArrayList<>(missing());
        for (Content content : database.read(contents::all)) {
            Path file = store.content(content.sha512());
            try {
                if (Files.exists(file) && !Checksums.of(file).sha512().equals(content.sha512())) {
                    findings.add(
                            finding(
                                    "The file %s is damaged",
                                    content.sha512(), "Upload the image again."));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return findings;
    }

    private List<Finding> missing() {
        List<Finding> findings = new ArrayList<>();
        for (Content content : database.read(contents::all)) {
            Path file = store.content(content.sha512());
            try {
                if (Files.notExists(file)) {
                    findings.add(
                            finding(
                                    "The file %s is missing",
                                    content.sha512(), "Upload the image again."));
                } else if (Files.size(file) != content.size()) {
                    findings.add(
                            finding(
                                    "The file %s has the wrong size",
                                    content.sha512(), "Upload the image again."));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return findings;
    }

    private List<Finding> strays() {
        try {
            List<String> present = store.present();
            Set<String> known = new HashSet<>(database.read(tx -> contents.known(tx, present)));
            return present.stream()
                    .filter(sha512 -> !known.contains(sha512))
                    .map(
                            sha512 ->
                                    finding(
                                            "The file %s belongs to nothing",
                                            sha512, "The next sweep removes it."))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Finding finding(String wrong, String sha512, String heals) {
        String name = sha512.substring(0, 16) + "…";
        return new Finding(wrong.formatted(name), List.of(sha512), heals);
    }
}
