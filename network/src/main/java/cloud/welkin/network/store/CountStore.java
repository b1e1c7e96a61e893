package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.FLOATING_IP;
import static cloud.welkin.network.schema.Tables.NETWORK_;
import static cloud.welkin.network.schema.Tables.PORT;
import static cloud.welkin.network.schema.Tables.ROUTER;
import static cloud.welkin.network.schema.Tables.SECURITY_GROUP;
import static cloud.welkin.network.schema.Tables.SECURITY_GROUP_RULE;
import static cloud.welkin.network.schema.Tables.SUBNET;
import static cloud.welkin.network.schema.Tables.SUBNET_POOL;

import cloud.welkin.database.Tx;
import cloud.welkin.network.domain.DeviceOwner;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/** What there is, by project: what the counts of quota must agree with. */
public final class CountStore {
    /** By the names that the API gives the resources. */
    public Map<String, Function<Tx, Map<String, Long>>> byResource() {
        return Map.of(
                "network", count(NETWORK_.PROJECT_ID, DSL.noCondition()),
                "subnet", count(SUBNET.PROJECT_ID, DSL.noCondition()),
                "subnetpool", count(SUBNET_POOL.PROJECT_ID, DSL.noCondition()),
                "port",
                        count(
                                PORT.PROJECT_ID,
                                PORT.PROJECT_ID
                                        .ne("")
                                        .and(PORT.DEVICE_OWNER.ne(DeviceOwner.METADATA))),
                "router", count(ROUTER.PROJECT_ID, DSL.noCondition()),
                "floatingip", count(FLOATING_IP.PROJECT_ID, DSL.noCondition()),
                "security_group", count(SECURITY_GROUP.PROJECT_ID, DSL.noCondition()),
                "security_group_rule", count(SECURITY_GROUP_RULE.PROJECT_ID, DSL.noCondition()));
    }

    private static Function<Tx, Map<String, Long>> count(
            TableField<?, String> project, Condition which) {
        return tx -> {
            Map<String, Long> counts = new HashMap<>();
            tx.sql()
                    .select(project, DSL.count())
                    .from(java.util.Objects.requireNonNull(project.getTable()))
                    .where(which)
                    .groupBy(project)
                    .forEach(row -> counts.put(Rows.get(row, project), row.value2().longValue()));
            return counts;
        };
    }
}
