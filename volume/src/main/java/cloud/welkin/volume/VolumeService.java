package cloud.welkin.volume;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Microversion;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Versioning;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.volume.api.AttachmentOperations;
import cloud.welkin.volume.api.DefaultTypeOperations;
import cloud.welkin.volume.api.MessageOperations;
import cloud.welkin.volume.api.MetadataOperations;
import cloud.welkin.volume.api.QuotaOperations;
import cloud.welkin.volume.api.ServiceOperations;
import cloud.welkin.volume.api.SnapshotOperations;
import cloud.welkin.volume.api.TransferOperations;
import cloud.welkin.volume.api.TypeOperations;
import cloud.welkin.volume.api.VersionOperations;
import cloud.welkin.volume.api.VolumeOperations;
import cloud.welkin.volume.api.VolumePolicy;
import cloud.welkin.volume.domain.Binding;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.store.BindingTable;
import cloud.welkin.volume.store.MessageTable;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.TransferTable;
import cloud.welkin.volume.store.TypeTable;
import cloud.welkin.volume.store.VolumeSearch;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.work.VolumeBindings;
import cloud.welkin.volume.work.VolumeDesk;
import cloud.welkin.volume.work.VolumeInvariants;
import cloud.welkin.volume.work.VolumeLifecycle;
import cloud.welkin.volume.work.VolumeMaking;
import cloud.welkin.volume.work.VolumeQuotas;
import cloud.welkin.volume.work.VolumeTransfers;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The volume service, composed: its APIs, the hosts' desk, its invariants, and what compute asks of
 * it.
 */
public final class VolumeService implements Volumes {
    public static final String SCHEMA = "volume";

    private final VolumeTable volumes = new VolumeTable();
    private final SnapshotTable snapshots = new SnapshotTable();
    private final BindingTable bindings = new BindingTable();
    private final TransferTable transfers = new TransferTable();
    private final MessageTable messages = new MessageTable();
    private final TypeTable types = new TypeTable();
    private final VolumeSearch search = new VolumeSearch();
    private final Database database;
    private final Quotas quotas;
    private final Clock clock;
    private final String zone;
    private final VolumeQuotas limits;
    private final VolumeLifecycle lifecycle;
    private final VolumeMaking making;
    private final VolumeBindings binding;

    /**
     * @param zone the one availability zone: {@code nova}
     */
    public VolumeService(
            Database database,
            Quotas quotas,
            Events events,
            Images images,
            Clock clock,
            String zone) {
        this.database = database;
        this.quotas = quotas;
        this.clock = clock;
        this.zone = zone;
        limits = new VolumeQuotas(quotas);
        lifecycle = new VolumeLifecycle(volumes, snapshots, messages, types, limits, events, clock);
        making = new VolumeMaking(volumes, snapshots, types, images, lifecycle, zone);
        binding = new VolumeBindings(volumes, bindings, lifecycle);
        images.addHolder(volumes::contents);
    }

    public List<Api> apis() {
        List<OperationGroup> groups =
                List.of(
                        new VersionOperations("", 200),
                        new VolumeOperations(
                                volumes, snapshots, bindings, search, types, making, lifecycle),
                        new MetadataOperations(volumes, snapshots, lifecycle),
                        new SnapshotOperations(volumes, snapshots, search, lifecycle),
                        new TypeOperations(types, volumes, limits),
                        new AttachmentOperations(volumes, bindings, binding),
                        new TransferOperations(
                                transfers,
                                volumes,
                                new VolumeTransfers(
                                        transfers, volumes, snapshots, limits, lifecycle)),
                        new MessageOperations(messages),
                        new DefaultTypeOperations(types),
                        new QuotaOperations(quotas, limits, types),
                        new ServiceOperations(volumes, zone, clock));
        return List.of(
                api("volume", "/volume/v3", Optional.of(versioning()), groups, VolumePolicy.rules())
                        .with(Api.Endings.NONE),
                api(
                        "volume-versions",
                        "/volume",
                        Optional.empty(),
                        List.of(new VersionOperations("", 300)),
                        List.of()));
    }

    private static Versioning versioning() {
        return new Versioning(
                "volume",
                Microversion.of(VersionOperations.OLDEST),
                Microversion.of(VersionOperations.NEWEST),
                Optional.empty());
    }

    private static Api api(
            String name,
            String path,
            Optional<Versioning> versioning,
            List<OperationGroup> groups,
            List<PolicyRule> rules) {
        List<Operation> operations =
                groups.stream().flatMap(group -> group.operations().stream()).toList();
        return new Api(
                name,
                path,
                versioning.isPresent(),
                versioning,
                ErrorForm.nova(),
                Api.USUAL_LARGEST_BODY,
                operations,
                rules);
    }

    /** Where hosts get what volumes they shall keep. */
    public VolumeDesk desk() {
        return new VolumeDesk(database, volumes, snapshots, lifecycle);
    }

    public List<Invariant> invariants() {
        return new VolumeInvariants(database, volumes, snapshots, quotas, clock).all();
    }

    public List<QuotaResource> quotas() {
        return VolumeQuotas.ALL;
    }

    @Override
    public Optional<VolumeFacts> find(Tx tx, Caller caller, UUID id) {
        return volumes.find(tx, id)
                .filter(
                        it ->
                                caller.isAdmin()
                                        || caller.project()
                                                .map(own -> own.value().equals(it.project()))
                                                .orElse(false))
                .map(
                        it ->
                                new VolumeFacts(
                                        it.id(),
                                        it.name().orElse(""),
                                        it.status().word(),
                                        it.sizeGib(),
                                        it.bootable(),
                                        it.multiattach(),
                                        it.path(),
                                        it.zone()));
    }

    @Override
    public UUID create(Tx tx, Caller caller, NewVolume wanted) {
        return making.make(
                        tx,
                        caller,
                        new VolumeMaking.Wanted(
                                wanted.name(),
                                Optional.empty(),
                                Optional.of(wanted.sizeGib()),
                                wanted.image(),
                                wanted.snapshot(),
                                wanted.source(),
                                wanted.type(),
                                wanted.zone(),
                                Map.of(),
                                ""))
                .id();
    }

    @Override
    public void delete(Tx tx, UUID id) {
        volumes.lock(tx, id).ifPresent(volume -> lifecycle.delete(tx, volume, false, true));
    }

    @Override
    public Attachment reserve(
            Tx tx, Caller caller, UUID volume, UUID server, Optional<String> device) {
        Volume locked =
                find(tx, caller, volume)
                        .flatMap(facts -> volumes.lock(tx, facts.id()))
                        .orElseThrow(
                                () ->
                                        Failure.notFound("Volume %s could not be found.", volume)
                                                .as("VolumeNotFound"));
        Binding made =
                binding.reserve(
                        tx,
                        locked,
                        Optional.of(server),
                        device,
                        locked.readOnly() ? "ro" : "rw",
                        Binding.Status.RESERVED);
        return attachment(made, Optional.of(locked));
    }

    @Override
    public void attached(Tx tx, UUID attachment, String device, String host) {
        binding.attached(tx, attachment, Optional.of(device), Optional.of(host));
    }

    @Override
    public void detaching(Tx tx, UUID attachment) {
        binding.detaching(tx, attachment);
    }

    @Override
    public void release(Tx tx, UUID attachment) {
        binding.release(tx, attachment);
    }

    @Override
    public List<Attachment> attachmentsOf(Tx tx, Collection<UUID> servers) {
        if (servers.isEmpty()) {
            return List.of();
        }
        List<Binding> found = new ArrayList<>(bindings.ofServers(tx, servers));
        Map<UUID, Volume> byId =
                volumes.all(tx, found.stream().map(Binding::volume).toList()).stream()
                        .collect(Collectors.toMap(Volume::id, Function.identity()));
        return found.stream()
                .map(it -> attachment(it, Optional.ofNullable(byId.get(it.volume()))))
                .toList();
    }

    private static Attachment attachment(Binding binding, Optional<Volume> volume) {
        return new Attachment(
                binding.id(),
                binding.volume(),
                binding.server().orElseThrow(),
                binding.device(),
                binding.status().word(),
                volume.flatMap(Volume::path),
                volume.map(Volume::sizeGib).orElse(0L));
    }

    @Override
    public void addListener(Listener listener) {
        lifecycle.addListener(listener);
    }
}
