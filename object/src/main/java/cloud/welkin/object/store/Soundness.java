package cloud.welkin.object.store;

import cloud.welkin.database.Tx;
import java.util.List;
import org.jooq.impl.DSL;

/** Asks the rows for what must never be. */
public final class Soundness {
    private static final int MOST = 20;

    /** Containers whose counted usage is not that of their objects, in words. */
    public List<String> wronglyCounted(Tx tx) {
        return tx.sql()
                .resultQuery(
                        """
                        with counted as (
                            select container, sum(objects) as objects, sum(bytes) as bytes from (
                                select container, objects, bytes from object.usages
                                union all
                                select container, objects, bytes from object.usage_changes) as both_sides
                            group by container),
                        there as (
                            select container, count(*) as objects, sum(size) as bytes
                            from object.objects group by container)
                        select containers.name || ' (' || containers.id || ') counts '
                            || coalesce(counted.objects, 0) || ' objects of ' || coalesce(counted.bytes, 0)
                            || ' bytes and holds ' || coalesce(there.objects, 0) || ' of ' || coalesce(there.bytes, 0)
                        from object.containers
                        left join counted on counted.container = containers.id
                        left join there on there.container = containers.id
                        where coalesce(counted.objects, 0) <> coalesce(there.objects, 0)
                            or coalesce(counted.bytes, 0) <> coalesce(there.bytes, 0)
                        limit {0}
                        """,
                        DSL.inline(MOST))
                .fetch(row -> row.get(0, String.class));
    }

    /** Uploads and objects that parts are of and that are not there, in words. */
    public List<String> partsOfNothing(Tx tx) {
        return tx.sql()
                .resultQuery(
                        """
                        select distinct object::text from object.parts
                        where not exists (select 1 from object.uploads where id = parts.object)
                            and not exists (
                                select 1 from object.objects where objects.parts > 0 and id = parts.object)
                            and not exists (
                                select 1 from object.versions where versions.parts > 0 and id = parts.object)
                        limit {0}
                        """,
                        DSL.inline(MOST))
                .fetch(row -> row.get(0, String.class));
    }

    /** Objects and versions that have fewer parts than they say, in words. */
    public List<String> withoutTheirParts(Tx tx) {
        return tx.sql()
                .resultQuery(
                        """
                        select all_states.name from (
                            select id, name, parts from object.objects where parts > 0
                            union all
                            select id, name, parts from object.versions where parts > 0) as all_states
                        where all_states.parts <> (
                            select count(*) from object.parts where parts.object = all_states.id)
                        limit {0}
                        """,
                        DSL.inline(MOST))
                .fetch(row -> row.get(0, String.class));
    }
}
