package cloud.welkin.server;

import cloud.welkin.compute.GuestDesk;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.kernel.settings.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Every setting of the program, declared once; docs/operate/settings.md is written from here. */
final class WelkinSettings {
    /** How guests are run. */
    enum Driver {
        AUTO,
        KVM,
        QEMU,
        XEN,
        LXC,
        SIMULATED
    }

    /** Where the limits of quotas are kept. */
    enum QuotaDriver {
        SERVICES,
        UNIFIED
    }

    /** Which host the program drives by itself. */
    enum HostMode {
        CONTAINED,
        MACHINE
    }

    static final Setting<String> DATABASE_URL =
            Setting.text(
                    "database.url",
                    "embedded",
                    "JDBC URL of an external PostgreSQL 15 or newer, or embedded: a server of our own in the"
                            + " home.");
    static final Setting<String> DATABASE_USER =
            Setting.text("database.user", "welkin", "The user at the external PostgreSQL.");
    static final Setting<String> DATABASE_PASSWORD =
            Setting.text("database.password", "", "The password at the external PostgreSQL.")
                    .keptSecret();
    static final Setting<Integer> DATABASE_CONNECTIONS =
            Setting.number("database.connections", 24, "Connections to the database at most.")
                    .where(n -> n >= 8 && n <= 500, "8 to 500");
    static final Setting<String> PUBLIC_URL =
            Setting.text(
                    "http.public-url",
                    "auto",
                    "The origin under which clients reach the cloud, e.g. https://cloud.example.org; auto: the"
                            + " address that is listened on.");
    static final Setting<Duration> HTTP_IDLE =
            Setting.duration(
                    "http.idle", Duration.ofSeconds(60), "How long a silent connection is kept.");
    static final Setting<String> TLS_LISTEN =
            Setting.text(
                    "http.tls.listen",
                    "none",
                    "A second address where TLS is spoken, e.g. 0.0.0.0:8443; wants certificate and key. Set"
                            + " http.public-url to it for clients to be sent there.");
    static final Setting<String> TLS_CERTIFICATE =
            Setting.text(
                    "http.tls.certificate",
                    "",
                    "PEM file: the certificate, then those between it and its root. Read again when it"
                            + " changes.");
    static final Setting<String> TLS_KEY =
            Setting.text(
                    "http.tls.key",
                    "",
                    "PEM file: the certificate's private key in PKCS #8, without a password.");
    static final Setting<String> TLS_CLIENT_CA =
            Setting.text(
                    "http.tls.client-ca",
                    "",
                    "PEM file: who signs certificates of clients, for OAuth 2.0 by mutual TLS; without it none"
                            + " is asked for.");
    static final Setting<String> CERTIFICATE_ISSUERS =
            Setting.text(
                    "identity.oauth2-certificate-issuers",
                    "",
                    "Where there is no mapping for certificates (identity.oauth2-cert-dn-mapping-id): the"
                            + " CNs of issuers, separated by commas, whose subjects name users; empty:"
                            + " none.");
    static final Setting<Duration> TOKEN_LIFETIME =
            Setting.duration(
                    "identity.token-lifetime",
                    Duration.ofHours(12),
                    "How long a token is good for.");
    static final Setting<Integer> PASSWORD_COST =
            Setting.number(
                            "identity.password-cost",
                            12,
                            "bcrypt's logarithmic cost for new passwords; Keystone's default is 12.")
                    .where(n -> n >= 4 && n <= 20, "4 to 20");
    static final Setting<LimitModel> LIMIT_MODEL =
            Setting.oneOf(
                    "identity.limit-model",
                    LimitModel.FLAT,
                    "How unified limits bear on each other: flat, not at all; strict_two_level, projects lie"
                            + " directly in their domain and none has a limit above its domain's.");
    static final Setting<Boolean> ALL_ENDPOINTS =
            Setting.flag(
                    "identity.return-all-endpoints-if-no-filter",
                    true,
                    "Whether the catalogue in tokens shows all endpoints where the project was given none"
                            + " (OS-EP-FILTER); else it shows none there.");
    static final Setting<QuotaDriver> QUOTA_DRIVER =
            Setting.oneOf(
                    "quota.driver",
                    QuotaDriver.SERVICES,
                    "Where limits are kept: services, each service keeps its own quota sets; unified, as"
                            + " registered limits and limits in identity.");
    static final Setting<Driver> COMPUTE_DRIVER =
            Setting.oneOf(
                    "compute.driver",
                    Driver.AUTO,
                    "How guests are run: auto takes kvm where it really works, else qemu; xen and lxc ask"
                            + " libvirt's drivers of these names, for which guests are not described in"
                            + " full yet; simulated runs none.");
    static final Setting<Integer> SIMULATED_HOSTS =
            Setting.number("compute.simulated-hosts", 1, "How many hosts the simulated driver has.")
                    .where(n -> n >= 1 && n <= 10_000, "1 to 10000");
    static final Setting<Double> CPU_RATIO =
            ratio(
                    "compute.cpu-ratio",
                    GuestDesk.Ratios.USUAL.cpu(),
                    "How many virtual processors guests get for each of a host's.");
    static final Setting<Double> RAM_RATIO =
            ratio(
                    "compute.ram-ratio",
                    GuestDesk.Ratios.USUAL.ram(),
                    "How many times its memory, but for what is reserved, a host gives away.");
    static final Setting<Double> DISK_RATIO =
            ratio(
                    "compute.disk-ratio",
                    GuestDesk.Ratios.USUAL.disk(),
                    "How many times its disk a host gives away.");
    static final Setting<Integer> RESERVED_MEMORY =
            Setting.number(
                            "compute.reserved-memory",
                            GuestDesk.Ratios.USUAL.reservedRamMib(),
                            "MiB of each host that guests do not get; a quarter of its memory at most.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<HostMode> HOST_MODE =
            Setting.oneOf(
                    "host.mode",
                    HostMode.CONTAINED,
                    "contained: a host in namespaces of its own, nothing of the machine's is touched; machine:"
                            + " the machine itself, with the libvirt and Open vSwitch that run there.");
    static final Setting<Boolean> NETWORK_EXPOSE =
            Setting.flag(
                    "network.expose",
                    false,
                    "Whether floating IPs are reachable from the machine itself: by a veth and a route to the public"
                            + " network. Guests can reach the machine's end of it.");
    static final Setting<Duration> IMAGE_GRACE =
            Setting.duration(
                    "image.grace",
                    Duration.ofMinutes(10),
                    "How long the data of a deleted image stay, for servers that are just being made from it.");
    static final Setting<Boolean> OBJECT_ENCRYPTION =
            Setting.flag(
                    "object.encryption",
                    false,
                    "Whether new bodies of objects are encrypted on the disk, by the first key of"
                            + " secrets/object-keys; bodies of before stay as they are and readable.");
    static final Setting<Duration> EVENTS_KEEP =
            Setting.duration(
                    "events.keep",
                    Duration.ofDays(30),
                    "How long events are kept in the database.");

    static final Setting<Optional<URI>> TRACES_ENDPOINT =
            Setting.address(
                    "traces.endpoint",
                    "Where OpenTelemetry traces go, by OTLP over HTTP, e.g. http://127.0.0.1:4318/v1/traces;"
                            + " without one none are made.");

    static final List<Setting<?>> ALL =
            Stream.concat(
                            Stream.<Setting<?>>of(
                                    DATABASE_URL,
                                    DATABASE_USER,
                                    DATABASE_PASSWORD,
                                    DATABASE_CONNECTIONS,
                                    PUBLIC_URL,
                                    HTTP_IDLE,
                                    TOKEN_LIFETIME,
                                    PASSWORD_COST,
                                    COMPUTE_DRIVER,
                                    SIMULATED_HOSTS,
                                    CPU_RATIO,
                                    RAM_RATIO,
                                    DISK_RATIO,
                                    RESERVED_MEMORY,
                                    HOST_MODE,
                                    NETWORK_EXPOSE,
                                    IMAGE_GRACE,
                                    OBJECT_ENCRYPTION,
                                    EVENTS_KEEP,
                                    TRACES_ENDPOINT,
                                    TLS_LISTEN,
                                    TLS_CERTIFICATE,
                                    TLS_KEY,
                                    TLS_CLIENT_CA,
                                    CERTIFICATE_ISSUERS,
                                    LIMIT_MODEL,
                                    QUOTA_DRIVER,
                                    ALL_ENDPOINTS),
                            Stream.of(
                                            IdentitySettings.ALL,
                                            PartnerSettings.ALL,
                                            OauthSettings.ALL,
                                            DirectorySettings.ALL,
                                            ListSettings.ALL)
                                    .flatMap(List::stream))
                    .toList();

    private static Setting<Double> ratio(String key, double byDefault, String doc) {
        return Setting.decimal(key, byDefault, doc)
                .where(n -> n > 0 && n <= 1000, "above 0 to 1000");
    }

    private WelkinSettings() {}
}
