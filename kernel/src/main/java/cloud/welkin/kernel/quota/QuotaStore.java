package cloud.welkin.kernel.quota;

import cloud.welkin.database.Tx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The SQL of limits and usage. Project '*' holds defaults that an operator has changed. */
final class QuotaStore {

    static final String EVERY_PROJECT = "*";

    /**
     * Adds the deltas, each where it stays within its limit (which is read in the same statement),
     * and returns what is used now of those that were added. Rows are locked in the order of their
     * names, whoever takes them.
     *
     * @param kept limits that are kept elsewhere, one for each resource; the tables' do not count
     */
    Map<String, Long> add(
            Tx tx,
            String project,
            List<QuotaResource> resources,
            List<Long> deltas,
            Optional<List<Long>> kept) {
        String take =
                """
                with wanted as (
                    select w.resource, w.delta, coalesce(w.kept, own.amount, changed.amount, w.fallback) as amount
                    from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[]) as w (resource, delta, fallback, kept)
                    left join kernel.quota_limit own on own.project_id = ? and own.resource = w.resource
                    left join kernel.quota_limit changed on changed.project_id = '*' and changed.resource = w.resource
                )
                insert into kernel.quota_usage as u (project_id, resource, used)
                select ?, resource, greatest(delta, 0) from wanted
                where delta <= 0 or amount < 0 or delta <= amount
                order by resource
                on conflict (project_id, resource) do update
                set used = greatest(u.used + (select delta from wanted w where w.resource = excluded.resource), 0)
                where exists (select 1 from wanted w where w.resource = excluded.resource
                              and (w.delta <= 0 or w.amount < 0 or u.used + w.delta <= w.amount))
                returning resource, used
                """;
        var added = new HashMap<String, Long>();
        tx.sql()
                .resultQuery(
                        take,
                        resources.stream().map(QuotaResource::column).toArray(String[]::new),
                        deltas.toArray(Long[]::new),
                        resources.stream().map(QuotaResource::defaultLimit).toArray(Long[]::new),
                        kept.orElse(List.of()).toArray(Long[]::new),
                        project,
                        project)
                .forEach(
                        record ->
                                added.put(
                                        record.get("resource", String.class),
                                        record.get("used", Long.class)));
        return added;
    }

    /** Takes back what a refused call had added. */
    void giveBack(Tx tx, String project, String resource, long delta) {
        tx.sql()
                .execute(
                        "update kernel.quota_usage set used = greatest(used - ?, 0) where project_id = ? and resource = ?",
                        delta,
                        project,
                        resource);
    }

    record Row(long limit, long used) {}

    Map<String, Row> usage(
            Tx tx, String project, List<QuotaResource> resources, Optional<List<Long>> kept) {
        var rows = new HashMap<String, Row>();
        tx.sql()
                .resultQuery(
                        """
                        select w.resource, coalesce(w.kept, own.amount, changed.amount, w.fallback) as amount,
                               coalesce(u.used, 0) as used
                        from unnest(?::text[], ?::bigint[], ?::bigint[]) as w (resource, fallback, kept)
                        left join kernel.quota_limit own on own.project_id = ? and own.resource = w.resource
                        left join kernel.quota_limit changed on changed.project_id = '*' and changed.resource = w.resource
                        left join kernel.quota_usage u on u.project_id = ? and u.resource = w.resource
                        """,
                        resources.stream().map(QuotaResource::column).toArray(String[]::new),
                        resources.stream().map(QuotaResource::defaultLimit).toArray(Long[]::new),
                        kept.orElse(List.of()).toArray(Long[]::new),
                        project,
                        project)
                .forEach(
                        record ->
                                rows.put(
                                        record.get("resource", String.class),
                                        new Row(
                                                record.get("amount", Long.class),
                                                record.get("used", Long.class))));
        return rows;
    }

    void setLimit(Tx tx, String project, String resource, long limit) {
        tx.sql()
                .execute(
                        """
                        insert into kernel.quota_limit (project_id, resource, amount) values (?, ?, ?)
                        on conflict (project_id, resource) do update set amount = excluded.amount
                        """,
                        project,
                        resource,
                        limit);
    }

    void forgetLimits(Tx tx, String project, List<String> resources) {
        tx.sql()
                .execute(
                        "delete from kernel.quota_limit where project_id = ? and resource = any (?::text[])",
                        project,
                        resources.toArray(String[]::new));
    }

    List<String> limited(Tx tx, List<String> resources) {
        return tx.sql()
                .resultQuery(
                        "select distinct project_id from kernel.quota_limit where resource = any (?::text[])"
                                + " and project_id <> ? order by project_id",
                        resources.toArray(String[]::new),
                        EVERY_PROJECT)
                .fetch(record -> record.get("project_id", String.class));
    }

    /** Usage that is not zero, of all projects. */
    Map<String, Long> usedByProject(Tx tx, String resource) {
        var used = new HashMap<String, Long>();
        tx.sql()
                .resultQuery(
                        "select project_id, used from kernel.quota_usage where resource = ? and used <> 0",
                        resource)
                .forEach(
                        record ->
                                used.put(
                                        record.get("project_id", String.class),
                                        record.get("used", Long.class)));
        return used;
    }

    void setUsed(Tx tx, String project, String resource, long used) {
        tx.sql()
                .execute(
                        """
                        insert into kernel.quota_usage (project_id, resource, used) values (?, ?, ?)
                        on conflict (project_id, resource) do update set used = excluded.used
                        """,
                        project,
                        resource,
                        used);
    }
}
