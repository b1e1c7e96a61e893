package cloud.welkin.testing;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who may depend on whom (ARCHITECTURE.md, "Dependencies"). Think hard before changing this file: a
 * line more here is a knot in the program.
 */
public final class Layering {
    /** A module and what it may know, directly or not, beside itself. */
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("database", Set.of()),
                    Map.entry("ovsdb", Set.of()),
                    Map.entry("kernel", Set.of("database")),
                    Map.entry("identity", Set.of("kernel", "database")),
                    Map.entry("image", Set.of("kernel", "database")),
                    Map.entry("object", Set.of("kernel", "database", "identity")),
                    Map.entry("placement", Set.of("kernel", "database")),
                    Map.entry(
                            "volume",
                            Set.of("kernel", "database", "identity", "image", "placement")),
                    Map.entry(
                            "network",
                            Set.of("kernel", "database", "ovsdb", "identity", "placement")),
                    Map.entry(
                            "compute",
                            Set.of(
                                    "kernel",
                                    "database",
                                    "identity",
                                    "image",
                                    "placement",
                                    "volume",
                                    "network")),
                    Map.entry("host", Set.of("kernel", "database", "ovsdb")));

    private static final Set<String> SERVICES =
            Set.of("identity", "image", "object", "placement", "volume", "network", "compute");
    private static final List<String> EMPTY_WORDS =
            List.of("Util", "Utils", "Helper", "Helpers", "Manager", "Impl", "Base");
    private static final int LONGEST_FILE = 600;

    private Layering() {}

    /**
     * All classes of the program that the calling module sees, without tests and without generated
     * code.
     */
    public static JavaClasses program() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/schema/"))
                .importPackages("cloud.welkin");
    }

    /** The modules that the rules are about. */
    public static Set<String> modules() {
        return MAY_USE.keySet();
    }

    /** The rules, each with its reason. */
    public static List<ArchRule> rules() {
        List<ArchRule> rules = new ArrayList<>();
        MAY_USE.forEach(
                (module, used) -> {
                    String[] others =
                            Stream.concat(MAY_USE.keySet().stream(), Stream.of("server"))
                                    .filter(other -> !other.equals(module) && !used.contains(other))
                                    .map(Layering::all)
                                    .toArray(String[]::new);
                    rules.add(
                            ArchRuleDefinition.noClasses()
                                    .that()
                                    .resideInAPackage(all(module))
                                    .should()
                                    .dependOnClassesThat()
                                    .resideInAnyPackage(others)
                                    .allowEmptyShould(true)
                                    .because(module + " may know only " + used));
                });
        for (String service : SERVICES) {
            rules.add(
                    ArchRuleDefinition.noClasses()
                            .that()
                            .resideInAPackage(all(service + ".domain"))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(
                                    all(service + ".api"),
                                    all(service + ".store"),
                                    all(service + ".work"))
                            .allowEmptyShould(true)
                            .because(
                                    "decisions are pure: they know neither HTTP nor SQL nor sagas"));
            rules.add(
                    ArchRuleDefinition.noClasses()
                            .that()
                            .resideInAPackage(all(service + ".store"))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(all(service + ".api"), all(service + ".work"))
                            .allowEmptyShould(true)
                            .because("stores know rows and domain records, not who asks for them"));
            rules.add(
                    ArchRuleDefinition.noClasses()
                            .that(outside(service))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(
                                    all(service + ".api"),
                                    all(service + ".store"),
                                    all(service + ".work"),
                                    all(service + ".schema"))
                            .allowEmptyShould(true)
                            .because(
                                    "others speak to "
                                            + service
                                            + " by the interface in its top package"));
        }
        for (String word : EMPTY_WORDS) {
            rules.add(
                    ArchRuleDefinition.noClasses()
                            .that()
                            .resideInAPackage("cloud.welkin..")
                            .should()
                            .haveSimpleNameEndingWith(word)
                            .because("a name says what the thing is; " + word + " says nothing"));
        }
        return rules;
    }

    /** Source files that are too long to be about one thing, with their lengths. */
    public static List<String> tooLong(Path repository) {
        try (Stream<Path> files = Files.walk(repository)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .map(Layering::measured)
                    .filter(file -> file.lines() > LONGEST_FILE)
                    .map(file -> repository.relativize(file.path()) + ": " + file.lines())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Measured(Path path, long lines) {}

    private static Measured measured(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return new Measured(file, lines.count());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DescribedPredicate<JavaClass> outside(String service) {
        return DescribedPredicate.describe(
                "are of neither " + service + " nor the composition root",
                type ->
                        type.getPackageName().startsWith("cloud.welkin.")
                                && !type.getPackageName().startsWith("cloud.welkin." + service)
                                && !type.getPackageName().startsWith("cloud.welkin.server"));
    }

    private static String all(String packages) {
        return "cloud.welkin." + packages + "..";
    }
}
