package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.SERVER;

import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.page.Keyset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.SelectWhereStep;
import org.jooq.impl.DSL;

/**
 * Which servers a list holds, in which order, from where and how many. Built up by the operation,
 * one condition after another; a page costs the same wherever in the list it is.
 */
public final class ServerFilter {
    /** As {@code ServerView} shows it: a server that runs is made, any other has not begun. */
    private static final Field<Integer> PROGRESS =
            DSL.when(SERVER.VM_STATE.eq(VmState.ACTIVE.text()).and(SERVER.TASK_STATE.isNull()), 100)
                    .otherwise(0);

    private static final Field<String> LOCKED_BY =
            DSL.when(SERVER.LOCKED.eq(false), (String) null)
                    .when(SERVER.LOCKED_BY_ADMIN, "admin")
                    .otherwise("owner");

    private final List<Condition> conditions = new ArrayList<>();
    private final List<Keyset.Key> sorted = new ArrayList<>();
    private int limit = Rows.MOST;
    private Optional<String> project = Optional.empty();
    private Optional<String> marker = Optional.empty();
    private boolean deleted;
    private boolean either;

    public ServerFilter project(String only) {
        project = Optional.of(only);
        return and(SERVER.PROJECT_ID.eq(only));
    }

    public ServerFilter user(String user) {
        return and(SERVER.USER_ID.eq(user));
    }

    public ServerFilter ids(List<UUID> ids) {
        return and(SERVER.ID.in(ids));
    }

    /** A regular expression as Nova takes it, anywhere in the name. */
    public ServerFilter nameMatches(String pattern) {
        return matches(SERVER.NAME, pattern);
    }

    public ServerFilter hostnameMatches(String pattern) {
        return matches(SERVER.HOSTNAME, pattern);
    }

    public ServerFilter descriptionMatches(String pattern) {
        return matches(SERVER.DESCRIPTION, pattern);
    }

    public ServerFilter addressMatches(int version, String pattern) {
        return and(
                DSL.condition(
                        "exists (select 1 from jsonb_each({0}) n, jsonb_array_elements(n.value) a"
                                + " where a->>'version' = {1} and a->>'addr' ~ {2})",
                        SERVER.ADDRESSES, DSL.val(Integer.toString(version)), DSL.val(pattern)));
    }

    public ServerFilter states(Set<VmState> vm) {
        return and(SERVER.VM_STATE.in(vm.stream().map(VmState::text).toList()));
    }

    public ServerFilter tasks(Set<TaskState> tasks) {
        return and(SERVER.TASK_STATE.in(tasks.stream().map(TaskState::text).toList()));
    }

    public ServerFilter notDoing(Set<TaskState> tasks) {
        return and(
                SERVER.TASK_STATE
                        .isNull()
                        .or(SERVER.TASK_STATE.notIn(tasks.stream().map(TaskState::text).toList())));
    }

    public ServerFilter taskText(String task) {
        return and(
                task.isEmpty() || task.equalsIgnoreCase("none")
                        ? SERVER.TASK_STATE.isNull()
                        : SERVER.TASK_STATE.eq(task));
    }

    public ServerFilter powerState(int state) {
        return and(SERVER.POWER_STATE.eq(state));
    }

    public ServerFilter image(String image) {
        return and(DSL.cast(SERVER.IMAGE_ID, String.class).eq(image));
    }

    public ServerFilter flavor(String flavor) {
        return and(SERVER.FLAVOR_ID.eq(flavor));
    }

    public ServerFilter host(String host) {
        return and(SERVER.HOST.eq(host));
    }

    public ServerFilter hosts(List<String> hosts) {
        return and(SERVER.HOST.in(hosts));
    }

    public ServerFilter configDrive(boolean has) {
        return and(SERVER.CONFIG_DRIVE.eq(has));
    }

    public ServerFilter locked(boolean locked) {
        return and(SERVER.LOCKED.eq(locked));
    }

    public ServerFilter group(UUID group) {
        return and(SERVER.GROUP_ID.eq(group));
    }

    public ServerFilter tags(List<String> all) {
        return and(DSL.condition("{0} @> {1}", SERVER.TAGS, DSL.val(all.toArray(String[]::new))));
    }

    public ServerFilter anyTag(List<String> any) {
        return and(DSL.condition("{0} && {1}", SERVER.TAGS, DSL.val(any.toArray(String[]::new))));
    }

    public ServerFilter notTags(List<String> all) {
        return and(
                DSL.condition("not {0} @> {1}", SERVER.TAGS, DSL.val(all.toArray(String[]::new))));
    }

    public ServerFilter noTag(List<String> any) {
        return and(
                DSL.condition("not {0} && {1}", SERVER.TAGS, DSL.val(any.toArray(String[]::new))));
    }

    public ServerFilter changedSince(Instant time) {
        either = true;
        return and(SERVER.UPDATED_AT.ge(time));
    }

    public ServerFilter changedBefore(Instant time) {
        either = true;
        return and(SERVER.UPDATED_AT.le(time));
    }

    /**
     * A regular expression within what the column shows, as Nova matches whatever it has no exact
     * meaning for.
     */
    public ServerFilter shows(Shown what, String pattern) {
        return switch (what) {
            case ACCESS_V4 -> matches(SERVER.ACCESS_V4, pattern);
            case ACCESS_V6 -> matches(SERVER.ACCESS_V6, pattern);
            case KEY_NAME -> matches(SERVER.KEY_NAME, pattern);
            case ZONE -> matches(SERVER.ZONE, pattern);
            case RESERVATION -> matches(SERVER.RESERVATION_ID, pattern);
            case NODE -> matches(SERVER.HOST, pattern);
            case ROOT_DEVICE -> matches(SERVER.ROOT_DEVICE, pattern);
            case LAUNCH_INDEX -> matches(DSL.cast(SERVER.LAUNCH_INDEX, String.class), pattern);
            case PROGRESS -> matches(DSL.cast(PROGRESS, String.class), pattern);
            case KERNEL -> matches(imageProperty("kernel_id"), pattern);
            case RAMDISK -> matches(imageProperty("ramdisk_id"), pattern);
            case LOCKED_BY -> matches(LOCKED_BY, pattern);
            case CREATED -> matchesTime(SERVER.CREATED_AT, pattern);
            case LAUNCHED -> matchesTime(SERVER.LAUNCHED_AT, pattern);
            case TERMINATED -> matchesTime(SERVER.TERMINATED_AT, pattern);
        };
    }

    /** What a regular expression may look at. */
    public enum Shown {
        ACCESS_V4,
        ACCESS_V6,
        KEY_NAME,
        ZONE,
        RESERVATION,
        NODE,
        ROOT_DEVICE,
        LAUNCH_INDEX,
        PROGRESS,
        KERNEL,
        RAMDISK,
        LOCKED_BY,
        CREATED,
        LAUNCHED,
        TERMINATED
    }

    public ServerFilter diskConfig(boolean auto) {
        return and(SERVER.DISK_CONFIG.eq(auto ? "AUTO" : "MANUAL"));
    }

    private static Field<String> imageProperty(String name) {
        return DSL.field("{0} ->> {1}", String.class, SERVER.IMAGE, DSL.inline(name));
    }

    /** A time as answers spell it, or as databases do. */
    private ServerFilter matchesTime(Field<Instant> column, String pattern) {
        return and(
                DSL.condition(
                        "(to_char({0} at time zone 'UTC', {1}) ~ {3} or"
                                + " to_char({0} at time zone 'UTC', {2}) ~ {3})",
                        column,
                        DSL.inline("YYYY-MM-DD\"T\"HH24:MI:SS\"Z\""),
                        DSL.inline("YYYY-MM-DD HH24:MI:SS"),
                        DSL.val(pattern)));
    }

    /** Deleted servers in place of living ones. */
    public ServerFilter deletedOnes() {
        deleted = true;
        return this;
    }

    public ServerFilter nothing() {
        return and(DSL.falseCondition());
    }

    /**
     * @throws Failure 400 for a key by which servers are not sorted
     */
    public ServerFilter sort(String key, boolean descending) {
        sorted.add(new Keyset.Key(column(key), descending));
        return this;
    }

    /**
     * @param after the id of the last server of the page before, as the client gave it
     */
    public ServerFilter page(int most, Optional<String> after) {
        limit = most;
        marker = after;
        return this;
    }

    private ServerFilter and(Condition condition) {
        conditions.add(condition);
        return this;
    }

    private ServerFilter matches(Field<String> column, String pattern) {
        return and(DSL.condition("{0} ~ {1}", column, DSL.val(pattern)));
    }

    /**
     * The rows of the list, of whatever columns of servers are wanted.
     *
     * @throws Failure 400 when the marker is no server that the list could hold
     */
    <R extends Record> ResultQuery<R> select(Tx tx, SelectWhereStep<R> from) {
        Keyset order = order();
        List<Condition> all = new ArrayList<>(conditions);
        if (!either) {
            all.add(deleted ? SERVER.DELETED_AT.isNotNull() : SERVER.DELETED_AT.isNull());
        }
        marker.ifPresent(after -> all.add(behind(tx, order, after)));
        return from.where(all).orderBy(order.order()).limit(limit);
    }

    private Keyset order() {
        List<Keyset.Key> keys = new ArrayList<>(sorted);
        if (keys.isEmpty()) {
            keys.add(new Keyset.Key(SERVER.CREATED_AT, true));
        }
        if (keys.stream().noneMatch(key -> key.field().equals(SERVER.ID))) {
            keys.add(new Keyset.Key(SERVER.ID, keys.getLast().descending()));
        }
        return new Keyset(keys);
    }

    private Condition behind(Tx tx, Keyset order, String after) {
        return Ids.uuid(after)
                .flatMap(
                        id ->
                                order.behind(
                                        tx,
                                        SERVER,
                                        project.map(SERVER.PROJECT_ID::eq)
                                                .orElse(DSL.noCondition())
                                                .and(SERVER.ID.eq(id))))
                .orElseThrow(
                        () ->
                                Failure.badRequest(
                                                "marker [%s] not found",
                                                after.substring(0, Math.min(100, after.length())))
                                        .as("MarkerNotFound"));
    }

    private static Field<?> column(String key) {
        return switch (key) {
            case "created_at" -> SERVER.CREATED_AT;
            case "updated_at" -> SERVER.UPDATED_AT;
            case "launched_at" -> SERVER.LAUNCHED_AT;
            case "terminated_at" -> SERVER.TERMINATED_AT;
            case "display_name" -> SERVER.NAME;
            case "display_description" -> SERVER.DESCRIPTION;
            case "uuid" -> SERVER.ID;
            case "host", "node" -> SERVER.HOST;
            case "vm_state" -> SERVER.VM_STATE;
            case "task_state" -> SERVER.TASK_STATE;
            case "power_state" -> SERVER.POWER_STATE;
            case "project_id" -> SERVER.PROJECT_ID;
            case "user_id" -> SERVER.USER_ID;
            case "key_name" -> SERVER.KEY_NAME;
            case "availability_zone" -> SERVER.ZONE;
            case "image_ref" -> SERVER.IMAGE_ID;
            case "instance_type_id" -> SERVER.FLAVOR_ID;
            case "access_ip_v4" -> SERVER.ACCESS_V4;
            case "access_ip_v6" -> SERVER.ACCESS_V6;
            case "config_drive" -> SERVER.CONFIG_DRIVE;
            case "auto_disk_config" -> SERVER.DISK_CONFIG;
            case "locked" -> SERVER.LOCKED;
            case "launch_index" -> SERVER.LAUNCH_INDEX;
            case "root_device_name" -> SERVER.ROOT_DEVICE;
            case "hostname" -> SERVER.HOSTNAME;
            case "kernel_id" -> imageProperty("kernel_id");
            case "ramdisk_id" -> imageProperty("ramdisk_id");
            case "progress" -> PROGRESS;
            case "locked_by" -> LOCKED_BY;
            default ->
                    throw Failure.badRequest(
                            "Invalid input for query parameters sort_key. Value: %s. It is not a key"
                                    + " that servers are sorted by.",
                            key.length() > 100 ? key.substring(0, 100) : key);
        };
    }
}
