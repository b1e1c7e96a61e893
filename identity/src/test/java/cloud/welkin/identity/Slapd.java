package cloud.welkin.identity;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldif.LDIFException;
import com.unboundid.ldif.LDIFReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** A directory of a test's own: Debian's slapd on loopback, below {@code dc=example,dc=org}. */
final class Slapd implements AutoCloseable {
    static final String ROOT = "cn=admin,dc=example,dc=org";
    static final String PASSWORD = "directory-secret";

    /** Attributes that Active Directory has, of which one is sixteen bytes. */
    private static final String CONFIG =
            """
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/nis.schema
            include /etc/ldap/schema/inetorgperson.schema
            attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
            attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
            attributetype ( 1.3.6.1.4.1.55555.1 NAME 'enabled' EQUALITY caseIgnoreMatch
              SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
            objectclass ( 1.3.6.1.4.1.55555.2 NAME 'account2' SUP top AUXILIARY
              MAY ( objectGUID $ userAccountControl $ enabled ) )
            pidfile HOME/pid
            TLSCACertificateFile HOME/ca.pem
            TLSCertificateFile HOME/server.pem
            TLSCertificateKeyFile HOME/server.key
            modulepath /usr/lib/ldap
            moduleload back_mdb
            sizelimit 200
            database mdb
            suffix "dc=example,dc=org"
            rootdn "ROOTDN"
            rootpw ROOTPW
            directory HOME/data
            maxsize 104857600
            index objectClass,uid,cn,sn,member eq
            access to attrs=userPassword by anonymous auth by * none
            access to * by * read
            """;

    private static final String TREE =
            """
            dn: dc=example,dc=org
            changetype: add
            objectClass: dcObject
            objectClass: organization
            o: Example
            dc: example

            dn: ou=Users,dc=example,dc=org
            changetype: add
            objectClass: organizationalUnit
            ou: Users

            dn: ou=Groups,dc=example,dc=org
            changetype: add
            objectClass: organizationalUnit
            ou: Groups

            """;

    private final Path home;
    private final int port = freePort();
    private final int securePort = freePort();
    private Process process;

    Slapd(Path home) {
        this(home, "localhost");
    }

    /**
     * @param name whom its certificate is for
     */
    Slapd(Path home, String name) {
        this.home = home;
        try {
            Files.createDirectories(home.resolve("data"));
            Files.writeString(
                    home.resolve("slapd.conf"),
                    CONFIG.replace("HOME", home.toString())
                            .replace("ROOTDN", ROOT)
                            .replace("ROOTPW", PASSWORD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        certificates(name);
        process = launch();
        apply(TREE);
    }

    private static int freePort() {
        // Below the range that clients are given ports of: none of them takes it meanwhile.
        for (int port = 21_000 + (int) (Math.random() * 8_000); ; port++) {
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one.
            }
        }
    }

    private void certificates(String name) {
        run(
                "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-authority"
                        + " -keyout ca.key -out ca.pem"
                        + " && openssl req -newkey rsa:2048 -nodes -subj /CN="
                        + name
                        + " -keyout server.key -out server.csr"
                        + " && printf 'subjectAltName=DNS:"
                        + name
                        + "' > san"
                        + " && openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key"
                        + " -CAcreateserial -days 2 -extfile san -out server.pem");
    }

    private void run(String script) {
        try {
            Process made =
                    new ProcessBuilder("sh", "-c", script)
                            .directory(home.toFile())
                            .redirectErrorStream(true)
                            .start();
            String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (made.waitFor() != 0) {
                throw new AssertionError(said);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Process launch() {
        try {
            Process started =
                    new ProcessBuilder(
                                    "/usr/sbin/slapd",
                                    "-f",
                                    home.resolve("slapd.conf").toString(),
                                    "-h",
                                    url() + " " + secureUrl(),
                                    "-d",
                                    "0")
                            .redirectErrorStream(true)
                            .redirectOutput(home.resolve("log").toFile())
                            .start();
            Instant end = Instant.now().plus(Duration.ofSeconds(30));
            while (Instant.now().isBefore(end) && started.isAlive()) {
                try {
                    connect().close();
                    return started;
                } catch (LDAPException notYet) {
                    Thread.sleep(20);
                }
            }
            throw new AssertionError(Files.readString(home.resolve("log")));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private LDAPConnection connect() throws LDAPException {
        return new LDAPConnection("localhost", port, ROOT, PASSWORD);
    }

    String url() {
        return "ldap://localhost:" + port;
    }

    String secureUrl() {
        return "ldaps://localhost:" + securePort;
    }

    Path authority() {
        return home.resolve("ca.pem");
    }

    /** Changes it as an administrator of the directory does: LDIF change records. */
    void apply(String ldif) {
        try (LDAPConnection connection = connect();
                LDIFReader reader =
                        new LDIFReader(new java.io.BufferedReader(new StringReader(ldif)))) {
            for (var change = reader.readChangeRecord(true);
                    change != null;
                    change = reader.readChangeRecord(true)) {
                change.processChange(connection);
            }
        } catch (LDAPException | IOException | LDIFException e) {
            throw new AssertionError(e);
        }
    }

    /** Somebody called {@code uid=…} whose password is the same word. */
    void person(String uid) {
        person(uid, uid);
    }

    void person(String uid, String name) {
        apply(
                """
                dn: uid=UID,ou=Users,dc=example,dc=org
                changetype: add
                objectClass: inetOrgPerson
                objectClass: account2
                uid: UID
                cn: NAME
                sn: NAME
                mail: UID@example.org
                description: one of the directory
                enabled: TRUE
                userPassword: UID

                """
                        .replace("UID", uid)
                        .replace("NAME", name));
    }

    /** A group of users ({@code uid=…}) and groups ({@code cn=…}). */
    void group(String name, String... members) {
        StringBuilder ldif = new StringBuilder("dn: " + dn("cn=" + name) + "\nchangetype: add\n");
        ldif.append("objectClass: groupOfNames\ncn: ").append(name).append('\n');
        for (String member : members) {
            ldif.append("member: ").append(dn(member)).append('\n');
        }
        apply(ldif.append('\n').toString());
    }

    void set(String who, String attribute, String value) {
        apply(
                "dn: "
                        + dn(who)
                        + "\nchangetype: modify\nreplace: "
                        + attribute
                        + "\n"
                        + attribute
                        + ": "
                        + value
                        + "\n\n");
    }

    void remove(String who) {
        apply("dn: " + dn(who) + "\nchangetype: delete\n\n");
    }

    static String dn(String who) {
        return who + (who.startsWith("uid=") ? ",ou=Users" : ",ou=Groups") + ",dc=example,dc=org";
    }

    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void start() {
        process = launch();
    }

    @Override
    public void close() {
        stop();
    }
}
