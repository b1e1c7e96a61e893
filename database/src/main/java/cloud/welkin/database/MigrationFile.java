package cloud.welkin.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.flywaydb.core.api.MigrationVersion;

/**
 * One versioned migration of the classpath, as Flyway's history table describes it.
 *
 * @param script the file's name, e.g. {@code V001__quota.sql}
 * @param checksum of its text, computed as Flyway does
 */
record MigrationFile(String script, MigrationVersion version, int checksum) {
    private static final Pattern NAME = Pattern.compile("V([0-9._]+)__.*\\.sql");

    /** The migrations of a schema; of no order, empty when there is no such folder. */
    static List<MigrationFile> ofSchema(String schema) {
        String folder = "db/migration/" + schema;
        List<MigrationFile> found = new ArrayList<>();
        try {
            for (URL url :
                    Collections.list(MigrationFile.class.getClassLoader().getResources(folder))) {
                switch (url.getProtocol()) {
                    case "file" -> inFolder(Path.of(asUri(url)), found);
                    case "jar" -> inJar(url, folder + "/", found);
                    default -> throw new IOException("migrations in a " + url.getProtocol());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static URI asUri(URL url) throws IOException {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void inFolder(Path folder, List<MigrationFile> found) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                try (InputStream text = Files.newInputStream(file)) {
                    add(file.getFileName().toString(), text, found);
                }
            }
        }
    }

    private static void inJar(URL url, String folder, List<MigrationFile> found)
            throws IOException {
        JarURLConnection connection = (JarURLConnection) url.openConnection();
        // Else the jar that is open for the whole program would be closed with it.
        connection.setUseCaches(false);
        try (var jar = connection.getJarFile()) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (entry.getName().startsWith(folder) && !entry.isDirectory()) {
                    try (InputStream text = jar.getInputStream(entry)) {
                        add(entry.getName().substring(folder.length()), text, found);
                    }
                }
            }
        }
    }

    private static void add(String script, InputStream text, List<MigrationFile> found)
            throws IOException {
        Matcher name = NAME.matcher(script);
        if (name.matches()) {
            MigrationVersion version = MigrationVersion.fromVersion(name.group(1));
            found.add(new MigrationFile(script, version, checksum(text)));
        }
    }

    /** Over the lines without their ends, so that it does not depend on the checkout. */
    private static int checksum(InputStream text) throws IOException {
        CRC32 sum = new CRC32();
        try (var lines = new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                sum.update(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return (int) sum.getValue();
    }
}
