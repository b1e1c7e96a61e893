package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerName;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.compute.store.ServerFilter;
import cloud.welkin.compute.store.ServerFilter.Shown;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.WrittenView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.exception.DataAccessException;

/** Lists of servers: what Nova lets a list be narrowed, sorted and paged by. */
final class ServerLists {
    private static final String BAD_REGULAR_EXPRESSION = "2201B";
    private static final String JOINED = "Known to Nova's schema, and refused.";

    /** All parameters that Nova declares; those that say nothing here narrow nothing. */
    static final List<Param> PARAMS =
            List.of(
                    Param.integer("limit", "How many at most."),
                    Param.text("marker", "The last server of the page before."),
                    Param.text("sort_key", "What to sort by; may be given again."),
                    Param.text("sort_dir", "asc or desc, one for each key."),
                    Param.text("name", "A regular expression within the name."),
                    Param.text("status", "ACTIVE, BUILD …; may be given again."),
                    Param.text("uuid", "The one with this id."),
                    Param.text("ip", "A regular expression within an IPv4 address."),
                    Param.text("ip6", "A regular expression within an IPv6 address."),
                    Param.text("image", "Made from this image."),
                    Param.text("image_ref", "As image."),
                    Param.text("flavor", "Made with this flavor."),
                    Param.text("changes-since", "Changed since then, deleted ones included."),
                    Param.text("changes-before", "Last changed before then (2.66)."),
                    Param.text("all_tenants", "Those of all projects, for admins."),
                    Param.text("tenant_id", "Those of this project, for admins."),
                    Param.text("project_id", "Those of this project, for admins."),
                    Param.text("user_id", "Made by this user, for admins."),
                    Param.text("host", "On this host, for admins."),
                    Param.text("node", "On this hypervisor, for admins."),
                    Param.text("hostname", "A regular expression within the hostname."),
                    Param.text("display_name", "As name."),
                    Param.text("description", "A regular expression within the description."),
                    Param.text("display_description", "As description."),
                    Param.text("reservation_id", "Made by this request."),
                    Param.text("deleted", "Deleted ones, for admins."),
                    Param.text("soft_deleted", "There are none."),
                    Param.text("vm_state", "In this vm_state."),
                    Param.text("task_state", "In this task_state."),
                    Param.text("power_state", "In this power state, a number or a word."),
                    Param.text("availability_zone", "In this zone."),
                    Param.text("key_name", "With this key."),
                    Param.text("config_drive", "With or without a config drive."),
                    Param.text("locked", "Locked or not (2.73)."),
                    Param.text("tags", "With all of these tags (2.26)."),
                    Param.text("tags-any", "With any of these tags."),
                    Param.text("not-tags", "Without all of these tags."),
                    Param.text("not-tags-any", "Without any of these tags."),
                    Param.text("created_at", "A regular expression within that time."),
                    Param.text("launched_at", "A regular expression within that time."),
                    Param.text("terminated_at", "A regular expression within that time."),
                    Param.text("access_ip_v4", "A regular expression within that address."),
                    Param.text("access_ip_v6", "A regular expression within that address."),
                    Param.text("kernel_id", "A regular expression within the kernel's id."),
                    Param.text("ramdisk_id", "A regular expression within the ramdisk's id."),
                    Param.text("launch_index", "The how-manieth of its request it is."),
                    Param.text("root_device_name", "A regular expression within the device."),
                    Param.text("progress", "How much is done, as answers show it."),
                    Param.text("auto_disk_config", "Whether its disk is partitioned for it."),
                    Param.text("locked_by", "owner or admin."),
                    Param.text("block_device_mapping", JOINED),
                    Param.text("services", JOINED),
                    Param.text("metadata", JOINED),
                    Param.text("system_metadata", JOINED),
                    Param.text("info_cache", JOINED),
                    Param.text("security_groups", JOINED),
                    Param.text("pci_devices", JOINED));

    /** Names that Nova's schema knows and its API refuses. */
    private static final Set<String> REFUSED =
            Set.of(
                    "block_device_mapping",
                    "services",
                    "metadata",
                    "system_metadata",
                    "info_cache",
                    "security_groups",
                    "pci_devices");

    /**
     * What members of a project may narrow lists by, with the version that brought it; what else
     * they name is passed over, as Nova does.
     */
    private static final Map<String, String> FOR_ALL =
            Map.ofEntries(
                    Map.entry("reservation_id", "2.1"),
                    Map.entry("name", "2.1"),
                    Map.entry("status", "2.1"),
                    Map.entry("image", "2.1"),
                    Map.entry("flavor", "2.1"),
                    Map.entry("ip", "2.1"),
                    Map.entry("changes-since", "2.1"),
                    Map.entry("ip6", "2.5"),
                    Map.entry("tags", "2.26"),
                    Map.entry("tags-any", "2.26"),
                    Map.entry("not-tags", "2.26"),
                    Map.entry("not-tags-any", "2.26"),
                    Map.entry("changes-before", "2.66"),
                    Map.entry("locked", "2.73"),
                    Map.entry("availability_zone", "2.83"),
                    Map.entry("config_drive", "2.83"),
                    Map.entry("key_name", "2.83"),
                    Map.entry("created_at", "2.83"),
                    Map.entry("launched_at", "2.83"),
                    Map.entry("terminated_at", "2.83"),
                    Map.entry("power_state", "2.83"),
                    Map.entry("task_state", "2.83"),
                    Map.entry("vm_state", "2.83"),
                    Map.entry("progress", "2.83"),
                    Map.entry("user_id", "2.83"),
                    Map.entry("hostname", "2.90"));

    /** Parameters that are regular expressions within what they look at. */
    private static final Map<String, Shown> SHOWN =
            Map.ofEntries(
                    Map.entry("reservation_id", Shown.RESERVATION),
                    Map.entry("node", Shown.NODE),
                    Map.entry("availability_zone", Shown.ZONE),
                    Map.entry("key_name", Shown.KEY_NAME),
                    Map.entry("access_ip_v4", Shown.ACCESS_V4),
                    Map.entry("access_ip_v6", Shown.ACCESS_V6),
                    Map.entry("kernel_id", Shown.KERNEL),
                    Map.entry("ramdisk_id", Shown.RAMDISK),
                    Map.entry("launch_index", Shown.LAUNCH_INDEX),
                    Map.entry("root_device_name", Shown.ROOT_DEVICE),
                    Map.entry("progress", Shown.PROGRESS),
                    Map.entry("locked_by", Shown.LOCKED_BY),
                    Map.entry("created_at", Shown.CREATED),
                    Map.entry("launched_at", Shown.LAUNCHED),
                    Map.entry("terminated_at", Shown.TERMINATED));

    /** Keys that Nova passed over before 2.75 and refuses since. */
    private static final Set<String> NO_SORT_KEYS =
            Set.of(
                    "architecture",
                    "cell_name",
                    "cleaned",
                    "default_ephemeral_device",
                    "default_swap_device",
                    "deleted",
                    "deleted_at",
                    "disable_terminate",
                    "ephemeral_gb",
                    "ephemeral_key_uuid",
                    "id",
                    "key_data",
                    "launched_on",
                    "memory_mb",
                    "os_type",
                    "reservation_id",
                    "root_gb",
                    "shutdown_terminate",
                    "user_data",
                    "vcpus",
                    "vm_mode");

    /** States of Nova's that no server is ever in here. */
    private static final Set<String> NEVER =
            Set.of(
                    "MIGRATING",
                    "PASSWORD",
                    "RESCUE",
                    "RESIZE",
                    "REVERT_RESIZE",
                    "SHELVED",
                    "SHELVED_OFFLOADED",
                    "SOFT_DELETED",
                    "VERIFY_RESIZE");

    private final ServerStore servers;
    private final HostStore hosts;
    private final ServerAccess access;

    ServerLists(ServerStore servers, HostStore hosts, ServerAccess access) {
        this.servers = servers;
        this.hosts = hosts;
        this.access = access;
    }

    Object list(Call call, Tx tx, boolean detail) {
        int limit =
                call.query().integer("limit").map(n -> Math.min(n, Rows.MOST)).orElse(Rows.MOST);
        ServerView view = new ServerView(call, access.ask(call).now());
        ServerFilter filter = filter(call, limit);
        if (detail) {
            List<Server> found = select(limit, () -> servers.list(tx, filter));
            Map<HostName, Host> known = view.needsHosts() ? hosts(tx, found) : Map.of();
            return page(
                    call,
                    limit,
                    found.stream().map(Server::id),
                    found.stream().map(server -> view.full(server, known, false)));
        }
        List<ServerName> found = select(limit, () -> servers.names(tx, filter));
        return page(
                call, limit, found.stream().map(ServerName::id), found.stream().map(view::brief));
    }

    private static Map<String, Object> page(
            Call call, int limit, Stream<UUID> ids, Stream<WrittenView> views) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("servers", views.toList());
        List<Links.Link> next = Links.next(call, ids.map(UUID::toString).toList(), limit);
        if (!next.isEmpty()) {
            out.put("servers_links", next);
        }
        return out;
    }

    private Map<HostName, Host> hosts(Tx tx, List<Server> found) {
        return found.isEmpty()
                ? Map.of()
                : hosts
                        .named(
                                tx,
                                found.stream()
                                        .flatMap(server -> server.host().stream())
                                        .distinct()
                                        .toList())
                        .stream()
                        .collect(Collectors.toMap(Host::name, Function.identity()));
    }

    private static <T> List<T> select(int limit, Supplier<List<T>> found) {
        try {
            return limit == 0 ? List.of() : found.get();
        } catch (DataAccessException e) {
            if (e.sqlState().equals(BAD_REGULAR_EXPRESSION)) {
                throw Failure.badRequest("Invalid filter: it is not a regular expression.");
            }
            throw e;
        }
    }

    private ServerFilter filter(Call call, int limit) {
        Query query = call.query();
        ServerFilter filter = new ServerFilter();
        boolean all = query.has("all_tenants") && allTenants(query);
        boolean mayAll = call.allows(ComputePolicy.S + "allow_all_filters");
        if (all) {
            call.require(
                    call.operation().policyName() + ":get_all_tenants",
                    cloud.welkin.kernel.policy.Target.NOTHING);
        }
        Optional<String> project = query.text("project_id").or(() -> query.text("tenant_id"));
        if (all && project.isPresent()) {
            filter.project(project.get());
        } else if (!all) {
            filter.project(call.caller().requireProject().value());
        }
        filter.page(limit, query.text("marker"));
        sort(call, filter);
        Filters given = new Filters(call, mayAll);
        given.refuseInternal();
        given.each("name", filter::nameMatches);
        given.each("display_name", filter::nameMatches);
        given.each("hostname", filter::hostnameMatches);
        given.each("description", filter::descriptionMatches);
        given.each("display_description", filter::descriptionMatches);
        given.each("ip", pattern -> filter.addressMatches(4, pattern));
        given.each("ip6", pattern -> filter.addressMatches(6, pattern));
        given.each("uuid", text -> filter.ids(Ids.uuid(text).map(List::of).orElse(List.of())));
        given.each("image", image -> filter.image(image.substring(image.lastIndexOf('/') + 1)));
        given.each("image_ref", filter::image);
        given.each("flavor", filter::flavor);
        given.each("host", filter::host);
        given.each("user_id", filter::user);
        SHOWN.forEach((name, what) -> given.each(name, pattern -> filter.shows(what, pattern)));
        given.each(
                "auto_disk_config",
                text -> query.bool("auto_disk_config").ifPresent(filter::diskConfig));
        given.each("vm_state", text -> vmState(text, filter));
        given.each("task_state", filter::taskText);
        given.each("power_state", text -> powerState(text, filter));
        given.each(
                "config_drive", text -> query.bool("config_drive").ifPresent(filter::configDrive));
        given.each("tags", text -> filter.tags(List.of(text.split(","))));
        given.each("tags-any", text -> filter.anyTag(List.of(text.split(","))));
        given.each("not-tags", text -> filter.notTags(List.of(text.split(","))));
        given.each("not-tags-any", text -> filter.noTag(List.of(text.split(","))));
        Optional<Instant> since =
                given.of("changes-since").map(text -> time("changes-since", text));
        Optional<Instant> before =
                given.of("changes-before").map(text -> time("changes-before", text));
        if (since.isPresent() && before.isPresent() && before.get().isBefore(since.get())) {
            throw Failure.badRequest(
                    "The value of changes-since must be less than or equal to changes-before.");
        }
        since.ifPresent(filter::changedSince);
        before.ifPresent(filter::changedBefore);
        given.each("locked", text -> query.bool("locked").ifPresent(filter::locked));
        given.each(
                "deleted",
                text -> {
                    if (query.bool("deleted").orElse(false)) {
                        filter.deletedOnes();
                    }
                });
        status(call, query, filter, mayAll);
        return filter;
    }

    /** The values of a parameter that the caller may use, the last of each. */
    private record Filters(Call call, boolean mayAll) {
        Optional<String> of(String name) {
            String since = FOR_ALL.get(name);
            boolean may = mayAll || (since != null && call.version().atLeast(since));
            return may ? call.query().text(name) : Optional.empty();
        }

        void each(String name, Consumer<String> use) {
            of(name).ifPresent(use);
        }

        /** Nova reads these names, and those that begin with a line, as its own columns. */
        void refuseInternal() {
            call.query().values().keySet().stream()
                    .filter(name -> mayAll && (REFUSED.contains(name) || name.startsWith("_")))
                    .findFirst()
                    .ifPresent(
                            name -> {
                                throw Failure.badRequest(
                                        "Invalid filter field: %s.", shorten(name));
                            });
        }
    }

    private static void status(Call call, Query query, ServerFilter filter, boolean mayAll) {
        List<String> wanted = query.all("status");
        if (wanted.isEmpty()) {
            return;
        }
        Set<VmState> vm = EnumSet.noneOf(VmState.class);
        Set<TaskState> only = EnumSet.noneOf(TaskState.class);
        Set<TaskState> not = EnumSet.noneOf(TaskState.class);
        boolean known = false;
        for (String status : wanted) {
            switch (status.toUpperCase(java.util.Locale.ROOT)) {
                case "ACTIVE" -> {
                    vm.add(VmState.ACTIVE);
                    not.addAll(
                            Set.of(
                                    TaskState.REBOOTING,
                                    TaskState.REBOOTING_HARD,
                                    TaskState.REBUILDING));
                }
                case "BUILD" -> vm.add(VmState.BUILDING);
                case "SHUTOFF" -> vm.add(VmState.STOPPED);
                case "PAUSED" -> vm.add(VmState.PAUSED);
                case "SUSPENDED" -> vm.add(VmState.SUSPENDED);
                case "ERROR" -> vm.add(VmState.ERROR);
                case "REBOOT" -> {
                    vm.add(VmState.ACTIVE);
                    only.add(TaskState.REBOOTING);
                }
                case "HARD_REBOOT" -> {
                    vm.add(VmState.ACTIVE);
                    only.add(TaskState.REBOOTING_HARD);
                }
                case "REBUILD" -> {
                    vm.addAll(Set.of(VmState.ACTIVE, VmState.STOPPED, VmState.ERROR));
                    only.add(TaskState.REBUILDING);
                }
                case "DELETED" -> {
                    if (!mayAll) {
                        throw Failure.forbidden("Only administrators may list deleted instances");
                    }
                    vm.add(VmState.DELETED);
                    filter.deletedOnes();
                }
                default -> {
                    if (!NEVER.contains(status.toUpperCase(java.util.Locale.ROOT))) {
                        continue;
                    }
                }
            }
            known = true;
        }
        if (!known && call.version().atLeast("2.38")) {
            throw Failure.badRequest("Invalid status value");
        }
        if (vm.isEmpty()) {
            filter.nothing();
            return;
        }
        filter.states(vm);
        if (!only.isEmpty() && not.isEmpty()) {
            filter.tasks(only);
        } else if (!only.isEmpty()) {
            filter.tasks(only);
        } else if (!not.isEmpty()) {
            filter.notDoing(not);
        }
    }

    private static void sort(Call call, ServerFilter filter) {
        List<String> keys = new ArrayList<>(call.query().all("sort_key"));
        List<String> directions = new ArrayList<>(call.query().all("sort_dir"));
        if (directions.stream().anyMatch(dir -> !dir.equals("asc") && !dir.equals("desc"))) {
            throw Failure.badRequest("Unknown sort direction, must be 'asc' or 'desc'");
        }
        if (directions.size() > Math.max(1, keys.size())) {
            throw Failure.badRequest("Sort direction size exceeds sort key size");
        }
        for (int i = keys.size() - 1; i >= 0; i--) {
            String key = keys.get(i);
            if (!call.version().atLeast(key.equals("locked") ? "2.73" : "2.75")
                    && (key.equals("locked") || NO_SORT_KEYS.contains(key))) {
                keys.remove(i);
                if (i < directions.size()) {
                    directions.remove(i);
                }
            } else if ((key.equals("host") || key.equals("node")) && !call.caller().isAdmin()) {
                throw Failure.forbidden("Only administrators can sort servers by %s", key);
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            String direction =
                    i < directions.size()
                            ? directions.get(i)
                            : directions.isEmpty() ? "desc" : directions.getLast();
            filter.sort(keys.get(i), direction.equals("desc"));
        }
        if (keys.isEmpty() && directions.equals(List.of("asc"))) {
            filter.sort("created_at", false);
        }
    }

    private static boolean allTenants(Query query) {
        return query.text("all_tenants").filter(String::isEmpty).isPresent()
                || query.bool("all_tenants").orElse(false);
    }

    private static void vmState(String text, ServerFilter filter) {
        Optional<VmState> state =
                EnumSet.allOf(VmState.class).stream()
                        .filter(vm -> vm.text().equals(text))
                        .findFirst();
        if (state.isPresent()) {
            filter.states(EnumSet.of(state.get()));
        } else {
            filter.nothing();
        }
    }

    private static void powerState(String text, ServerFilter filter) {
        if (text.matches("[0-9]{1,4}")) {
            filter.powerState(Integer.parseInt(text));
        } else {
            filter.nothing();
        }
    }

    private static Instant time(String name, String text) {
        try {
            return Times.parse(text);
        } catch (java.time.DateTimeException e) {
            throw Failure.badRequest(
                    "Invalid input for query parameters %s. Value: %s. '%s' is not a 'date-time'",
                    name, shorten(text), shorten(text));
        }
    }

    private static String shorten(String text) {
        return text.length() > 100 ? text.substring(0, 100) : text;
    }
}
