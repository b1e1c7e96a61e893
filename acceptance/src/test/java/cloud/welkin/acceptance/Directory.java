package cloud.welkin.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A directory of people on loopback: Debian's slapd, filled by its own tools. */
final class Directory implements AutoCloseable {
    private static final String TREE =
            """
            dn: dc=example,dc=org
            objectClass: dcObject
            objectClass: organization
            o: Example
            dc: example

            dn: ou=Users,dc=example,dc=org
            objectClass: organizationalUnit

            dn: ou=Groups,dc=example,dc=org
            objectClass: organizationalUnit

            dn: uid=ada,ou=Users,dc=example,dc=org
            objectClass: inetOrgPerson
            uid: ada
            cn: Ada
            sn: Lovelace
            mail: ada@example.org
            userPassword: analytical

            dn: cn=engineers,ou=Groups,dc=example,dc=org
            objectClass: groupOfNames
            cn: engineers
            member: uid=ada,ou=Users,dc=example,dc=org

            """;

    private final Path home;
    private final int port = CloudUnderTest.freePort();
    private final Process process;

    Directory(Path home) {
        this.home = home;
        Path config = home.resolve("slapd.conf");
        try {
            Files.createDirectories(home.resolve("data"));
            Files.writeString(
                    config,
                    """
                    include /etc/ldap/schema/core.schema
                    include /etc/ldap/schema/cosine.schema
                    include /etc/ldap/schema/inetorgperson.schema
                    modulepath /usr/lib/ldap
                    moduleload back_mdb
                    database mdb
                    suffix "dc=example,dc=org"
                    rootdn "cn=admin,dc=example,dc=org"
                    rootpw secret
                    directory %s
                    access to attrs=userPassword by anonymous auth
                    access to * by * read
                    """
                            .formatted(home.resolve("data")));
            Command.of(
                            "/usr/sbin/slapadd",
                            "-f",
                            config.toString(),
                            "-l",
                            Files.writeString(home.resolve("tree"), TREE).toString())
                    .run()
                    .mustSucceed();
            process =
                    new ProcessBuilder(
                                    "/usr/sbin/slapd",
                                    "-f",
                                    config.toString(),
                                    "-h",
                                    url(),
                                    "-d",
                                    "0")
                            .redirectErrorStream(true)
                            .redirectOutput(home.resolve("log").toFile())
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until(
                "the directory to answer",
                Duration.ofSeconds(30),
                () -> Command.of("ldapwhoami", "-x", "-H", url()).run().ok());
    }

    String url() {
        return "ldap://127.0.0.1:" + port;
    }

    void delete(String dn) {
        Command.of(
                        "ldapdelete",
                        "-x",
                        "-H",
                        url(),
                        "-D",
                        "cn=admin,dc=example,dc=org",
                        "-w",
                        "secret",
                        dn)
                .run()
                .mustSucceed();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
