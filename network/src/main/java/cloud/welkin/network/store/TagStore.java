package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.FLOATING_IP;
import static cloud.welkin.network.schema.Tables.NETWORK_;
import static cloud.welkin.network.schema.Tables.PORT;
import static cloud.welkin.network.schema.Tables.ROUTER;
import static cloud.welkin.network.schema.Tables.SECURITY_GROUP;
import static cloud.welkin.network.schema.Tables.SUBNET;
import static cloud.welkin.network.schema.Tables.SUBNET_POOL;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Field;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/** The tags of every kind of thing. */
public final class TagStore {
    /** A thing that may have tags, with the network that it is or lies in. */
    public record Tagged(UUID id, ProjectId project, List<String> tags, Optional<UUID> network) {}

    /** Whatever can be tagged. */
    public enum Kind {
        NETWORKS("networks", "network"),
        SUBNETS("subnets", "subnet"),
        SUBNET_POOLS("subnetpools", "subnetpool"),
        PORTS("ports", "port"),
        ROUTERS("routers", "router"),
        FLOATING_IPS("floatingips", "floatingip"),
        SECURITY_GROUPS("security-groups", "security_group");

        private final String collection;
        private final String rule;

        Kind(String collection, String rule) {
            this.collection = collection;
            this.rule = rule;
        }

        public String collection() {
            return collection;
        }

        public String rule() {
            return rule;
        }
    }

    private record Columns(
            TableField<?, UUID> id,
            TableField<?, String> project,
            TableField<?, String[]> tags,
            Field<UUID> network,
            TableField<?, Long> revision,
            TableField<?, Instant> updated) {}

    public Optional<Tagged> find(Tx tx, Kind kind, UUID id) {
        Columns of = columns(kind);
        return tx.sql()
                .select(of.project(), of.tags(), of.network().as("in_network"))
                .from(of.id().getTable())
                .where(of.id().eq(id))
                .fetchOptional(
                        row ->
                                new Tagged(
                                        id,
                                        Rows.project(row, of.project()),
                                        Rows.list(row, of.tags()),
                                        Optional.ofNullable(row.get("in_network", UUID.class))));
    }

    public void set(Tx tx, Kind kind, UUID id, List<String> tags, Instant now) {
        Columns of = columns(kind);
        tx.sql()
                .update(java.util.Objects.requireNonNull(of.id().getTable()))
                .set(of.tags(), Rows.texts(tags))
                .set(of.revision(), of.revision().plus(1))
                .set(of.updated(), now)
                .where(of.id().eq(id))
                .execute();
    }

    private static Columns columns(Kind kind) {
        Field<UUID> none = DSL.castNull(UUID.class);
        return switch (kind) {
            case NETWORKS ->
                    new Columns(
                            NETWORK_.ID,
                            NETWORK_.PROJECT_ID,
                            NETWORK_.TAGS,
                            NETWORK_.ID,
                            NETWORK_.REVISION,
                            NETWORK_.UPDATED_AT);
            case SUBNETS ->
                    new Columns(
                            SUBNET.ID,
                            SUBNET.PROJECT_ID,
                            SUBNET.TAGS,
                            SUBNET.NETWORK_ID,
                            SUBNET.REVISION,
                            SUBNET.UPDATED_AT);
            case SUBNET_POOLS ->
                    new Columns(
                            SUBNET_POOL.ID,
                            SUBNET_POOL.PROJECT_ID,
                            SUBNET_POOL.TAGS,
                            none,
                            SUBNET_POOL.REVISION,
                            SUBNET_POOL.UPDATED_AT);
            case PORTS ->
                    new Columns(
                            PORT.ID,
                            PORT.PROJECT_ID,
                            PORT.TAGS,
                            PORT.NETWORK_ID,
                            PORT.REVISION,
                            PORT.UPDATED_AT);
            case ROUTERS ->
                    new Columns(
                            ROUTER.ID,
                            ROUTER.PROJECT_ID,
                            ROUTER.TAGS,
                            none,
                            ROUTER.REVISION,
                            ROUTER.UPDATED_AT);
            case FLOATING_IPS ->
                    new Columns(
                            FLOATING_IP.ID,
                            FLOATING_IP.PROJECT_ID,
                            FLOATING_IP.TAGS,
                            none,
                            FLOATING_IP.REVISION,
                            FLOATING_IP.UPDATED_AT);
            case SECURITY_GROUPS ->
                    new Columns(
                            SECURITY_GROUP.ID,
                            SECURITY_GROUP.PROJECT_ID,
                            SECURITY_GROUP.TAGS,
                            none,
                            SECURITY_GROUP.REVISION,
                            SECURITY_GROUP.UPDATED_AT);
        };
    }
}
