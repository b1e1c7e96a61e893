package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.DOMAIN_CONFIG;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.DomainConfig;
import cloud.welkin.identity.domain.DomainOptions;
import cloud.welkin.identity.domain.Secrets;
import cloud.welkin.identity.schema.tables.records.DomainConfigRecord;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.json.Json;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import tools.jackson.databind.JsonNode;

/** How domains differ; the database sees secrets encrypted only. */
public final class DomainConfigStore {
    private static final Condition ELSEWHERE =
            DOMAIN_CONFIG
                    .OPTION_GROUP
                    .eq(DomainOptions.IDENTITY)
                    .and(DOMAIN_CONFIG.OPTION_NAME.eq(DomainOptions.DRIVER))
                    .and(DOMAIN_CONFIG.VALUE.ne(Json.text(DomainConfig.DATABASE)));

    private final CredentialStore secrets;

    DomainConfigStore(CredentialStore secrets) {
        this.secrets = secrets;
    }

    /** What is set of a domain; nothing, too. */
    public DomainConfig find(Tx tx, DomainId domain) {
        List<DomainConfigRecord> rows =
                tx.sql()
                        .selectFrom(DOMAIN_CONFIG)
                        .where(DOMAIN_CONFIG.DOMAIN_ID.eq(domain.value()))
                        .orderBy(
                                DOMAIN_CONFIG.DOMAIN_ID,
                                DOMAIN_CONFIG.OPTION_GROUP,
                                DOMAIN_CONFIG.OPTION_NAME)
                        .fetch();
        return rows.isEmpty() ? new DomainConfig(List.of()) : config(rows, secrets.secrets(tx));
    }

    /** All domains whose users are kept elsewhere than in the database. */
    public List<DomainId> elsewhere(Tx tx) {
        return tx.sql()
                .select(DOMAIN_CONFIG.DOMAIN_ID)
                .from(DOMAIN_CONFIG)
                .where(ELSEWHERE)
                .orderBy(DOMAIN_CONFIG.DOMAIN_ID)
                .fetch(row -> new DomainId(row.value1()));
    }

    /** How many users or groups of the domain a list shows at once, where the domain says so. */
    public Optional<Integer> listLimit(Tx tx, DomainId domain) {
        return tx.sql()
                .select(DOMAIN_CONFIG.VALUE)
                .from(DOMAIN_CONFIG)
                .where(
                        DOMAIN_CONFIG.DOMAIN_ID.eq(domain.value()),
                        DOMAIN_CONFIG.OPTION_GROUP.eq(DomainOptions.IDENTITY),
                        DOMAIN_CONFIG.OPTION_NAME.eq("list_limit"))
                .fetchOptional(row -> Json.mapper().readTree(row.value1()))
                .filter(JsonNode::isInt)
                .map(JsonNode::intValue)
                .filter(limit -> limit > 0);
    }

    /** Whether the users of the domain are. */
    public boolean hasDirectory(Tx tx, DomainId domain) {
        return tx.sql()
                .fetchExists(DOMAIN_CONFIG, DOMAIN_CONFIG.DOMAIN_ID.eq(domain.value()), ELSEWHERE);
    }

    /**
     * Only the directory's own tools make and change what is in a directory.
     *
     * @throws Failure 403 where the domain has one
     */
    public void requireNone(Tx tx, DomainId domain) {
        if (hasDirectory(tx, domain)) {
            throw readOnly();
        }
    }

    public static Failure readOnly() {
        return Failure.forbidden("LDAP does not support write operations");
    }

    /** In the place of whatever was set. */
    public void replace(Tx tx, DomainId domain, DomainConfig config) {
        tx.sql()
                .deleteFrom(DOMAIN_CONFIG)
                .where(DOMAIN_CONFIG.DOMAIN_ID.eq(domain.value()))
                .execute();
        Secrets keys = secrets.secrets(tx);
        for (DomainConfig.Option option : config.options()) {
            String json = Json.text(option.value());
            tx.sql()
                    .insertInto(DOMAIN_CONFIG)
                    .set(DOMAIN_CONFIG.DOMAIN_ID, domain.value())
                    .set(DOMAIN_CONFIG.OPTION_GROUP, option.group())
                    .set(DOMAIN_CONFIG.OPTION_NAME, option.name())
                    .set(
                            option.secret() ? DOMAIN_CONFIG.SECRET : DOMAIN_CONFIG.VALUE,
                            option.secret() ? keys.encrypt(json) : json)
                    .execute();
        }
    }

    /** Two who change the same domain's do so one after the other. */
    public void lock(Tx tx, DomainId domain) {
        Rows.lock(tx, "domain config " + domain.value());
    }

    private static DomainConfig config(List<DomainConfigRecord> rows, Secrets keys) {
        return new DomainConfig(
                rows.stream()
                        .map(
                                row ->
                                        new DomainConfig.Option(
                                                row.getOptionGroup(),
                                                row.getOptionName(),
                                                Json.mapper()
                                                        .readValue(
                                                                row.getSecret() == null
                                                                        ? row.getValue()
                                                                        : keys.decrypt(
                                                                                row.getSecret()),
                                                                JsonNode.class),
                                                row.getSecret() != null))
                        .toList());
    }
}
