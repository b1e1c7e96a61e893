package cloud.welkin.image;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.image.api.DiscoveryOperations;
import cloud.welkin.image.api.ImageDataOperations;
import cloud.welkin.image.api.ImageOperations;
import cloud.welkin.image.api.ImagePolicy;
import cloud.welkin.image.api.MemberOperations;
import cloud.welkin.image.api.TagOperations;
import cloud.welkin.image.api.VersionOperations;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageDraft;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.metadef.ItemOperations;
import cloud.welkin.image.metadef.MetadefPolicy;
import cloud.welkin.image.metadef.MetadefSchemas;
import cloud.welkin.image.metadef.NamespaceOperations;
import cloud.welkin.image.store.ContentTable;
import cloud.welkin.image.store.ImageSearch;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.store.ImageTable.Viewer;
import cloud.welkin.image.store.MemberTable;
import cloud.welkin.image.store.MetadefTable;
import cloud.welkin.image.store.TaskTable;
import cloud.welkin.image.work.ImageData;
import cloud.welkin.image.work.ImageImports;
import cloud.welkin.image.work.ImageInvariants;
import cloud.welkin.image.work.ImageLifecycle;
import cloud.welkin.image.work.ImageLifecycle.Cause;
import cloud.welkin.image.work.ImageQuotas;
import cloud.welkin.image.work.ImageStore;
import cloud.welkin.image.work.ImageStoreSweep;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.kernel.work.Reconciler;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The image service, composed: its APIs, its reconcilers, its invariants, and what other services
 * ask of it.
 */
public final class ImageService implements Images {
    public static final String SCHEMA = "image";

    private final ImageTable images = new ImageTable();
    private final ContentTable contents = new ContentTable();
    private final MemberTable members = new MemberTable();
    private final TaskTable tasks = new TaskTable();
    private final ImageSearch search = new ImageSearch(images);
    private final MetadefTable metadefs = new MetadefTable();
    private final Database database;
    private final Clock clock;
    private final Quotas quotas;
    private final BiConsumer<Tx, String> poke;
    private final ImageStore store;
    private final ImageLifecycle lifecycle;
    private final ImageData data;
    private final ImageStoreSweep sweep;
    private final ImageInvariants invariants;

    /**
     * @param home the folder of the image store: {@code HOME/images}
     * @param poke has a reconciler run once the transaction is committed
     * @param grace how long the data of a deleted image stays, for servers that are just being made
     *     from it
     */
    public ImageService(
            Database database,
            Quotas quotas,
            Events events,
            BiConsumer<Tx, String> poke,
            Clock clock,
            Path home,
            Duration grace) {
        this.database = database;
        this.clock = clock;
        this.quotas = quotas;
        this.poke = poke;
        store = new ImageStore(home);
        ImageQuotas limits = new ImageQuotas(quotas);
        lifecycle = new ImageLifecycle(images, contents, store, limits, events, clock);
        data = new ImageData(database, images, store, lifecycle, limits);
        sweep = new ImageStoreSweep(database, images, contents, store, lifecycle, grace);
        invariants = new ImageInvariants(database, images, contents, store, quotas);
    }

    public List<Api> apis() {
        List<OperationGroup> groups =
                List.of(
                        new ImageOperations(images, search, lifecycle),
                        new ImageDataOperations(
                                database, images, tasks, data, store, lifecycle, poke),
                        new MemberOperations(images, members, lifecycle),
                        new TagOperations(images, lifecycle),
                        new DiscoveryOperations(quotas),
                        new NamespaceOperations(metadefs, clock),
                        new ItemOperations(metadefs, clock),
                        new MetadefSchemas());
        return List.of(
                api("image", "/image/v2", groups).with(Api.Endings.NONE),
                api("image-versions", "/image", List.of(new VersionOperations())));
    }

    private static Api api(String name, String path, List<OperationGroup> groups) {
        List<Operation> operations =
                groups.stream().flatMap(group -> group.operations().stream()).toList();
        return new Api(
                name,
                path,
                false,
                Optional.empty(),
                ErrorForm.glance(),
                Api.USUAL_LARGEST_BODY * 10,
                operations,
                name.equals("image")
                        ? Stream.concat(
                                        ImagePolicy.rules().stream(),
                                        MetadefPolicy.rules().stream())
                                .toList()
                        : List.of());
    }

    public List<Reconciler> reconcilers() {
        return List.of(sweep, new ImageImports(database, images, tasks, data, lifecycle));
    }

    public List<Invariant> invariants() {
        return invariants.all();
    }

    public List<QuotaResource> quotas() {
        return ImageQuotas.ALL;
    }

    /** Reads every file of the store and tells which are damaged. */
    public List<Finding> scrub() {
        return invariants.scrub();
    }

    @Override
    public Optional<ImageFacts> find(Tx tx, Caller caller, UUID id) {
        Viewer viewer = new Viewer(caller.project().map(it -> it.value()), caller.isAdmin());
        return images.find(tx, id)
                .filter(image -> images.sees(tx, viewer, image))
                .map(ImageService::facts);
    }

    private static ImageFacts facts(Image image) {
        return new ImageFacts(
                image.id(),
                image.nameOrEmpty(),
                image.status().word(),
                image.diskFormat().orElse("raw"),
                image.containerFormat().orElse("bare"),
                image.size().orElse(0L),
                image.virtualSize().or(image::size).orElse(0L),
                image.minDisk(),
                image.minRam(),
                image.sha512(),
                image.properties());
    }

    /** A project's images of this name, oldest first. */
    public List<UUID> named(Tx tx, ProjectId owner, String name) {
        return images.named(tx, owner, name);
    }

    /** Shows an image of the program's own making to everybody. */
    public void publish(Tx tx, UUID id) {
        images.setVisibility(tx, id, "public");
    }

    @Override
    public UUID create(Tx tx, Caller caller, NewImage wanted) {
        ImageDraft draft = new ImageDraft();
        draft.properties.putAll(wanted.properties());
        draft.checkWhole();
        Instant now = lifecycle.now();
        Image image =
                new Image(
                        UUID.randomUUID(),
                        caller.requireProject().value(),
                        Optional.of(wanted.name()),
                        ImageStatus.QUEUED,
                        "private",
                        Optional.of(wanted.diskFormat()),
                        Optional.of(wanted.containerFormat()),
                        wanted.minDiskGib(),
                        wanted.minRamMib(),
                        false,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        wanted.properties(),
                        now,
                        now);
        lifecycle.create(tx, image, new Cause(caller.user().value(), ""));
        return image.id();
    }

    @Override
    public Path incoming(UUID id) {
        return store.incoming(id);
    }

    @Override
    public void takeIn(UUID id) {
        data.takeIn(id);
    }

    @Override
    public void giveUp(Tx tx, UUID id) {
        images.lock(tx, id).ifPresent(image -> lifecycle.delete(tx, image, Cause.PROGRAM));
        poke.accept(tx, ImageStoreSweep.NAME);
    }

    @Override
    public Path content(String sha512) {
        return store.content(sha512);
    }

    @Override
    public void addHolder(Holder holder) {
        sweep.addHolder(holder);
    }
}
