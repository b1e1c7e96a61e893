package cloud.welkin.server;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/** The file HOME/settings: what was given by --set stays set until it is set otherwise. */
final class SettingsFile {
    private SettingsFile() {}

    static void remember(Path file, List<String> sets) throws IOException {
        if (sets.isEmpty()) {
            return;
        }
        Properties properties = new Properties();
        if (Files.exists(file)) {
            properties.load(new StringReader(Files.readString(file)));
        }
        for (String set : sets) {
            int equals = set.indexOf('=');
            properties.setProperty(set.substring(0, equals).trim(), set.substring(equals + 1));
        }
        StringBuilder text = new StringBuilder();
        for (String key : new TreeSet<>(properties.stringPropertyNames())) {
            text.append(key)
                    .append('=')
                    .append(properties.getProperty(key).replace("\\", "\\\\").replace("\n", "\\n"))
                    .append('\n');
        }
        Home.write(file, text.toString(), "rw-------");
    }
}
