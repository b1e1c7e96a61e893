package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.FEDERATED_USER;
import static cloud.welkin.identity.schema.Tables.FEDERATION_MAPPING;
import static cloud.welkin.identity.schema.Tables.FEDERATION_PROTOCOL;
import static cloud.welkin.identity.schema.Tables.GROUP_MEMBER;
import static cloud.welkin.identity.schema.Tables.IDENTITY_PROVIDER;
import static cloud.welkin.identity.schema.Tables.IDENTITY_PROVIDER_REMOTE;
import static cloud.welkin.identity.schema.Tables.SAML_SEEN;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.IdentityProvider;
import cloud.welkin.identity.domain.Verification;
import cloud.welkin.identity.schema.tables.records.FederationProtocolRecord;
import cloud.welkin.identity.schema.tables.records.IdentityProviderRecord;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.json.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.JSONB;
import tools.jackson.databind.JsonNode;

/** Identity providers, their protocols and mappings, and their users, in the database. */
public final class FederationStore {
    private final CredentialStore keys;

    FederationStore(CredentialStore keys) {
        this.keys = keys;
    }

    /**
     * @param version of the rules' language
     */
    public record StoredMapping(String id, String version, JsonNode rules) {}

    public Optional<IdentityProvider> provider(Tx tx, String id) {
        return tx.sql()
                .selectFrom(IDENTITY_PROVIDER)
                .where(IDENTITY_PROVIDER.ID.eq(id))
                .fetchOptional()
                .map(row -> provider(tx, row));
    }

    public List<IdentityProvider> providers(Tx tx) {
        return tx.sql()
                .selectFrom(IDENTITY_PROVIDER)
                .orderBy(IDENTITY_PROVIDER.ID)
                .fetch()
                .map(row -> provider(tx, row));
    }

    public void insert(Tx tx, IdentityProvider provider) {
        fill(tx.sql().newRecord(IDENTITY_PROVIDER), provider).insert();
        saveRemoteIds(tx, provider);
    }

    public void update(Tx tx, IdentityProvider provider) {
        tx.sql()
                .update(IDENTITY_PROVIDER)
                .set(fill(tx.sql().newRecord(IDENTITY_PROVIDER), provider))
                .where(IDENTITY_PROVIDER.ID.eq(provider.id()))
                .execute();
        tx.sql()
                .deleteFrom(IDENTITY_PROVIDER_REMOTE)
                .where(IDENTITY_PROVIDER_REMOTE.PROVIDER_ID.eq(provider.id()))
                .execute();
        saveRemoteIds(tx, provider);
    }

    private static void saveRemoteIds(Tx tx, IdentityProvider provider) {
        for (String remote : provider.remoteIds()) {
            tx.sql()
                    .insertInto(IDENTITY_PROVIDER_REMOTE)
                    .set(IDENTITY_PROVIDER_REMOTE.REMOTE_ID, remote)
                    .set(IDENTITY_PROVIDER_REMOTE.PROVIDER_ID, provider.id())
                    .execute();
        }
    }

    public void deleteProvider(Tx tx, String id) {
        tx.sql().deleteFrom(IDENTITY_PROVIDER).where(IDENTITY_PROVIDER.ID.eq(id)).execute();
    }

    public Optional<StoredMapping> mapping(Tx tx, String id) {
        return tx.sql()
                .selectFrom(FEDERATION_MAPPING)
                .where(FEDERATION_MAPPING.ID.eq(id))
                .fetchOptional(
                        row ->
                                new StoredMapping(
                                        row.getId(),
                                        row.getSchemaVersion(),
                                        Json.mapper().readTree(row.getRules().data())));
    }

    public List<StoredMapping> mappings(Tx tx) {
        return tx.sql()
                .selectFrom(FEDERATION_MAPPING)
                .orderBy(FEDERATION_MAPPING.ID)
                .fetch(
                        row ->
                                new StoredMapping(
                                        row.getId(),
                                        row.getSchemaVersion(),
                                        Json.mapper().readTree(row.getRules().data())));
    }

    /** Makes the mapping, or changes it. */
    public void save(Tx tx, StoredMapping mapping) {
        JSONB rules = JSONB.valueOf(Json.text(mapping.rules()));
        tx.sql()
                .insertInto(FEDERATION_MAPPING)
                .set(FEDERATION_MAPPING.ID, mapping.id())
                .set(FEDERATION_MAPPING.SCHEMA_VERSION, mapping.version())
                .set(FEDERATION_MAPPING.RULES, rules)
                .onConflict(FEDERATION_MAPPING.ID)
                .doUpdate()
                .set(FEDERATION_MAPPING.SCHEMA_VERSION, mapping.version())
                .set(FEDERATION_MAPPING.RULES, rules)
                .execute();
    }

    /** Whether a protocol uses the mapping. */
    public boolean isUsed(Tx tx, String mapping) {
        return tx.sql()
                .fetchExists(FEDERATION_PROTOCOL, FEDERATION_PROTOCOL.MAPPING_ID.eq(mapping));
    }

    public void deleteMapping(Tx tx, String id) {
        tx.sql().deleteFrom(FEDERATION_MAPPING).where(FEDERATION_MAPPING.ID.eq(id)).execute();
    }

    public Optional<FederationProtocol> protocol(Tx tx, String provider, String id) {
        return tx.sql()
                .selectFrom(FEDERATION_PROTOCOL)
                .where(FEDERATION_PROTOCOL.PROVIDER_ID.eq(provider), FEDERATION_PROTOCOL.ID.eq(id))
                .fetchOptional()
                .map(row -> protocol(tx, row));
    }

    public List<FederationProtocol> protocols(Tx tx, String provider) {
        return tx.sql()
                .selectFrom(FEDERATION_PROTOCOL)
                .where(FEDERATION_PROTOCOL.PROVIDER_ID.eq(provider))
                .orderBy(FEDERATION_PROTOCOL.ID)
                .fetch()
                .map(row -> protocol(tx, row));
    }

    /** Those of this id that enabled providers have, as many as that at most. */
    public List<FederationProtocol> ofEnabledProviders(Tx tx, String id, int most) {
        return tx.sql()
                .select(FEDERATION_PROTOCOL.fields())
                .from(FEDERATION_PROTOCOL)
                .join(IDENTITY_PROVIDER)
                .on(IDENTITY_PROVIDER.ID.eq(FEDERATION_PROTOCOL.PROVIDER_ID))
                .where(FEDERATION_PROTOCOL.ID.eq(id), IDENTITY_PROVIDER.ENABLED.isTrue())
                .orderBy(FEDERATION_PROTOCOL.PROVIDER_ID)
                .limit(most)
                .fetchInto(FEDERATION_PROTOCOL)
                .map(row -> protocol(tx, row));
    }

    /** Makes the protocol, or changes it. */
    public void save(Tx tx, FederationProtocol protocol) {
        FederationProtocolRecord row = tx.sql().newRecord(FEDERATION_PROTOCOL);
        row.setProviderId(protocol.provider());
        row.setId(protocol.id());
        row.setMappingId(protocol.mapping());
        row.setRemoteIdAttribute(protocol.remoteIdAttribute().orElse(null));
        row.setVerification(
                protocol.verification()
                        .map(how -> keys.secrets(tx).encrypt(Json.text(how)))
                        .orElse(null));
        row.merge();
    }

    public void deleteProtocol(Tx tx, FederationProtocol protocol) {
        tx.sql()
                .deleteFrom(FEDERATION_PROTOCOL)
                .where(
                        FEDERATION_PROTOCOL.PROVIDER_ID.eq(protocol.provider()),
                        FEDERATION_PROTOCOL.ID.eq(protocol.id()))
                .execute();
    }

    /** Which of our users the provider's is. */
    public Optional<UserId> user(Tx tx, FederationProtocol protocol, String uniqueId) {
        return tx.sql()
                .select(FEDERATED_USER.USER_ID)
                .from(FEDERATED_USER)
                .where(
                        FEDERATED_USER.PROVIDER_ID.eq(protocol.provider()),
                        FEDERATED_USER.PROTOCOL_ID.eq(protocol.id()),
                        FEDERATED_USER.UNIQUE_ID.eq(uniqueId))
                .fetchOptional(row -> new UserId(row.value1()));
    }

    public void insertUser(Tx tx, FederationProtocol protocol, String uniqueId, UserId user) {
        tx.sql()
                .insertInto(FEDERATED_USER)
                .set(FEDERATED_USER.PROVIDER_ID, protocol.provider())
                .set(FEDERATED_USER.PROTOCOL_ID, protocol.id())
                .set(FEDERATED_USER.UNIQUE_ID, uniqueId)
                .set(FEDERATED_USER.USER_ID, user.value())
                .execute();
    }

    /** The groups that the provider vouches for from now on, in place of those of before. */
    public void replaceMemberships(
            Tx tx, UserId user, String provider, Collection<String> groups, Instant until) {
        tx.sql()
                .deleteFrom(GROUP_MEMBER)
                .where(GROUP_MEMBER.USER_ID.eq(user.value()), GROUP_MEMBER.PROVIDER_ID.eq(provider))
                .execute();
        for (String group : groups) {
            tx.sql()
                    .insertInto(GROUP_MEMBER)
                    .set(GROUP_MEMBER.GROUP_ID, group)
                    .set(GROUP_MEMBER.USER_ID, user.value())
                    .set(GROUP_MEMBER.PROVIDER_ID, provider)
                    .set(GROUP_MEMBER.EXPIRES_AT, until)
                    .onConflictDoNothing()
                    .execute();
        }
    }

    /** The groups that some provider vouches for at present. */
    public List<String> memberships(Tx tx, UserId user, String provider) {
        return tx.sql()
                .select(GROUP_MEMBER.GROUP_ID)
                .from(GROUP_MEMBER)
                .where(
                        GROUP_MEMBER.USER_ID.eq(user.value()),
                        GROUP_MEMBER.PROVIDER_ID.eq(provider),
                        GroupStore.CURRENT)
                .orderBy(GROUP_MEMBER.GROUP_ID)
                .fetch(GROUP_MEMBER.GROUP_ID);
    }

    /** Takes an assertion; false when it was taken before. Forgets those that are over. */
    public boolean take(Tx tx, String assertion, Instant endsAt, Instant now) {
        tx.sql().deleteFrom(SAML_SEEN).where(SAML_SEEN.ENDS_AT.lt(now)).execute();
        return tx.sql()
                        .insertInto(SAML_SEEN)
                        .set(SAML_SEEN.ID, assertion)
                        .set(SAML_SEEN.ENDS_AT, endsAt)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    private FederationProtocol protocol(Tx tx, FederationProtocolRecord row) {
        return new FederationProtocol(
                row.getProviderId(),
                row.getId(),
                row.getMappingId(),
                Optional.ofNullable(row.getRemoteIdAttribute()),
                Optional.ofNullable(row.getVerification())
                        .map(
                                hidden ->
                                        Json.mapper()
                                                .readValue(
                                                        keys.secrets(tx).decrypt(hidden),
                                                        Verification.class)));
    }

    private static IdentityProviderRecord fill(
            IdentityProviderRecord row, IdentityProvider provider) {
        row.setId(provider.id());
        row.setDomainId(provider.domain().value());
        row.setEnabled(provider.enabled());
        row.setDescription(provider.description().orElse(null));
        row.setAuthorizationTtl(provider.authorizationTtl().orElse(null));
        return row;
    }

    private static IdentityProvider provider(Tx tx, IdentityProviderRecord row) {
        return new IdentityProvider(
                row.getId(),
                new DomainId(row.getDomainId()),
                row.getEnabled(),
                Optional.ofNullable(row.getDescription()),
                Optional.ofNullable(row.getAuthorizationTtl()),
                tx.sql()
                        .select(IDENTITY_PROVIDER_REMOTE.REMOTE_ID)
                        .from(IDENTITY_PROVIDER_REMOTE)
                        .where(IDENTITY_PROVIDER_REMOTE.PROVIDER_ID.eq(row.getId()))
                        .orderBy(IDENTITY_PROVIDER_REMOTE.REMOTE_ID)
                        .fetch(IDENTITY_PROVIDER_REMOTE.REMOTE_ID));
    }
}
