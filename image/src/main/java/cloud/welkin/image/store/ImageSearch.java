package cloud.welkin.image.store;

import static cloud.welkin.image.schema.Tables.IMAGES;
import static cloud.welkin.image.schema.Tables.MEMBERS;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.selectOne;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageQuery;
import cloud.welkin.image.store.ImageTable.Viewer;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.page.Keyset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.DSL;

/** The list of images: one statement whatever the filters, a second one only for a marker. */
public final class ImageSearch {
    private final ImageTable images;

    public ImageSearch(ImageTable images) {
        this.images = images;
    }

    /** One page. */
    public List<Image> page(Tx tx, Viewer viewer, ImageQuery query) {
        if (query.limit() == 0) {
            return List.of();
        }
        List<Condition> where = new ArrayList<>();
        where.add(visible(viewer, query));
        query.anyOf().forEach((field, words) -> where.add(anyOf(field, words)));
        query.sizeMin().ifPresent(size -> where.add(IMAGES.SIZE.ge(size)));
        query.sizeMax().ifPresent(size -> where.add(IMAGES.SIZE.le(size)));
        query.numbers()
                .forEach(
                        (field, number) ->
                                where.add(
                                        field.equals("min_disk")
                                                ? IMAGES.MIN_DISK.eq(number)
                                                : IMAGES.MIN_RAM.eq(number)));
        query.guarded().ifPresent(guarded -> where.add(IMAGES.PROTECTED.eq(guarded)));
        where.add(IMAGES.HIDDEN.eq(query.hidden()));
        if (!query.tags().isEmpty()) {
            where.add(IMAGES.TAGS.contains(query.tags().toArray(String[]::new)));
        }
        query.times().forEach(time -> where.add(time(time)));
        if (!query.properties().isEmpty()) {
            where.add(
                    DSL.condition(
                            "{0} @> {1}",
                            IMAGES.PROPERTIES,
                            DSL.val(JSONB.valueOf(Json.text(query.properties())))));
        }
        Keyset order = order(query.sort());
        query.marker().ifPresent(marker -> where.add(behind(tx, viewer, marker, order)));
        return tx.sql()
                .selectFrom(IMAGES)
                .where(where)
                .orderBy(order.order())
                .limit(query.limit())
                .fetch(ImageTable::image);
    }

    /**
     * What the viewer may see, narrowed to the visibility asked for; community images only when
     * asked for.
     */
    private static Condition visible(Viewer viewer, ImageQuery query) {
        Condition own = viewer.project().map(IMAGES.OWNER::eq).orElse(DSL.falseCondition());
        Condition shared =
                viewer.project()
                        .map(project -> IMAGES.VISIBILITY.eq("shared").and(member(project, query)))
                        .orElse(DSL.falseCondition());
        Condition all = DSL.trueCondition();
        return switch (query.visibility().orElse("")) {
            case "public" -> IMAGES.VISIBILITY.eq("public");
            case "community" -> IMAGES.VISIBILITY.eq("community");
            case "private" -> IMAGES.VISIBILITY.eq("private").and(viewer.admin() ? all : own);
            case "shared" ->
                    viewer.admin()
                            ? IMAGES.VISIBILITY.eq("shared")
                            : IMAGES.VISIBILITY.eq("shared").and(own.or(shared));
            case "all" ->
                    viewer.admin()
                            ? all
                            : IMAGES.VISIBILITY.in("public", "community").or(own).or(shared);
            case String usual ->
                    viewer.admin() ? all : IMAGES.VISIBILITY.eq("public").or(own).or(shared);
        };
    }

    private static Condition member(String project, ImageQuery query) {
        Condition which = MEMBERS.IMAGE_ID.eq(IMAGES.ID).and(MEMBERS.MEMBER.eq(project));
        return exists(
                selectOne()
                        .from(MEMBERS)
                        .where(
                                query.memberStatus().equals("all")
                                        ? which
                                        : which.and(MEMBERS.STATUS.eq(query.memberStatus()))));
    }

    private static Condition anyOf(String field, List<String> words) {
        return switch (field) {
            case "id" ->
                    IMAGES.ID.in(words.stream().map(Ids::uuid).flatMap(Optional::stream).toList());
            case "name" -> IMAGES.NAME.in(words);
            case "status" -> IMAGES.STATUS.in(words);
            case "container_format" -> IMAGES.CONTAINER_FORMAT.in(words);
            case "disk_format" -> IMAGES.DISK_FORMAT.in(words);
            case "owner" -> IMAGES.OWNER.in(words);
            case "checksum" -> IMAGES.CHECKSUM.in(words);
            case String other -> throw new IllegalStateException("no filter " + other);
        };
    }

    private static Condition time(ImageQuery.TimeFilter filter) {
        Field<Instant> field =
                filter.field().equals("created_at") ? IMAGES.CREATED_AT : IMAGES.UPDATED_AT;
        // Clients are shown whole seconds, so that is what they compare with.
        Field<Instant> shown = DSL.field("date_trunc('second', {0})", Instant.class, field);
        Instant time = filter.time();
        return switch (filter.operator()) {
            case "gt" -> shown.gt(time);
            case "gte" -> shown.ge(time);
            case "lt" -> shown.lt(time);
            case "lte" -> shown.le(time);
            case "neq" -> shown.ne(time);
            case String equal -> shown.eq(time);
        };
    }

    private Condition behind(Tx tx, Viewer viewer, String marker, Keyset order) {
        return Ids.uuid(marker)
                .flatMap(id -> images.find(tx, id))
                .filter(image -> images.sees(tx, viewer, image))
                .flatMap(image -> order.behind(tx, IMAGES, IMAGES.ID.eq(image.id())))
                .orElseThrow(
                        () -> Failure.badRequest("The marker names no image that could be found."));
    }

    private static Keyset order(List<ImageQuery.Sort> sort) {
        List<Keyset.Key> keys = new ArrayList<>();
        sort.forEach(by -> keys.add(new Keyset.Key(field(by.key()), by.descending())));
        if (sort.stream().noneMatch(by -> by.key().equals("id"))) {
            keys.add(new Keyset.Key(IMAGES.ID, keys.isEmpty() || keys.getLast().descending()));
        }
        return new Keyset(keys);
    }

    private static Field<?> field(String key) {
        return switch (key) {
            case "name" -> IMAGES.NAME;
            case "status" -> IMAGES.STATUS;
            case "container_format" -> IMAGES.CONTAINER_FORMAT;
            case "disk_format" -> IMAGES.DISK_FORMAT;
            case "size" -> IMAGES.SIZE;
            case "id" -> IMAGES.ID;
            case "updated_at" -> IMAGES.UPDATED_AT;
            case String created -> IMAGES.CREATED_AT;
        };
    }
}
