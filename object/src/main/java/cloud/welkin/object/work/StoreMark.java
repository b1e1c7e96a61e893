package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.object.store.StoreTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/**
 * Ties a folder of bodies to the database whose rows name them: both bear the same id. A folder
 * with the rows of another database would be taken for orphans and swept empty.
 */
public final class StoreMark {
    private static final String FILE = "store-id";

    private StoreMark() {}

    /**
     * Marks a new folder, or compares.
     *
     * @throws IllegalStateException when the folder is another database's
     */
    public static void require(Database database, Path folder) {
        Path file = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
            Optional<UUID> marked =
                    Files.exists(file)
                            ? Optional.of(UUID.fromString(Files.readString(file).strip()))
                            : Optional.empty();
            Optional<UUID> id = database.write(tx -> kept(tx, marked.isPresent()));
            if (marked.isEmpty()) {
                write(file, id.orElseThrow());
            } else if (!marked.equals(id)) {
                throw new IllegalStateException(
                        "the objects in "
                                + folder
                                + " belong to another database than this one: give the program"
                                + " theirs, or another home");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The id of the rows, which new ones get from nothing but an unmarked folder. */
    private static Optional<UUID> kept(Tx tx, boolean marked) {
        StoreTable stores = new StoreTable();
        Optional<UUID> kept = stores.find(tx, Bodies.DEFAULT_POLICY);
        if (kept.isPresent() || marked) {
            return kept;
        }
        UUID fresh = UUID.randomUUID();
        stores.insert(tx, Bodies.DEFAULT_POLICY, fresh);
        return Optional.of(fresh);
    }

    private static void write(Path file, UUID id) throws IOException {
        Files.writeString(file, id + "\n");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
