package cloud.welkin.host.agent;

import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.Domain;
import cloud.welkin.host.libvirt.ErrorCode;
import cloud.welkin.host.libvirt.LibvirtException;
import cloud.welkin.host.libvirt.Scope;
import cloud.welkin.host.libvirt.UndefineFlag;
import cloud.welkin.kernel.host.DesiredGuest;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the steps of a plan to a guest. */
final class Steps {

    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

    private final HostShape shape;
    private final GuestDisks disks;
    private final InstantSource clock;

    Steps(HostShape shape, GuestDisks disks, InstantSource clock) {
        this.shape = shape;
        this.disks = disks;
        this.clock = clock;
    }

    /**
     * @throws Trouble what the guest's owner is told
     * @throws LibvirtException CONNECTION_LOST, CLOSED: nothing is known
     */
    void run(Connection libvirt, DesiredGuest guest, GuestMemory memory, Step step) {
        try {
            perform(libvirt, guest, memory, step);
        } catch (LibvirtException failed) {
            if (failed.is(ErrorCode.CONNECTION_LOST) || failed.is(ErrorCode.CLOSED)) {
                throw failed;
            }
            if (failed.is(ErrorCode.OPERATION_INVALID) && isChangeOfPower(step)) {
                // It is in that state already, or another agent's last call goes on: look again.
                LOG.debug("guest {}: {}: {}", guest.id(), step, failed.getMessage());
                return;
            }
            throw Trouble.of(failed, code(step), message(step));
        }
    }

    private void perform(Connection libvirt, DesiredGuest guest, GuestMemory memory, Step step) {
        UUID id = guest.id();
        switch (step) {
            case Step.Remove _ -> {
                remove(libvirt, id);
                disks.remove(id);
            }
            case Step.Prepare _ -> disks.prepare(guest);
            case Step.Define define ->
                    libvirt.define(DomainXml.of(guest, shape, define.marks())).close();
            case Step.Mark mark ->
                    on(
                            libvirt,
                            id,
                            domain ->
                                    domain.setMetadata(
                                            mark.marks().element().toString(), Scope.CONFIG));
            case Step.Start start -> {
                on(libvirt, id, start.paused() ? Domain::startPaused : Domain::start);
                memory.isOffOrStarted();
                disks.forgetEarlierBuilds(guest);
            }
            case Step.Pause _ -> on(libvirt, id, Domain::suspend);
            case Step.Resume _ -> on(libvirt, id, Domain::resume);
            case Step.Save _ -> on(libvirt, id, Domain::managedSave);
            case Step.DropSaved _ -> on(libvirt, id, Domain::removeManagedSave);
            case Step.PressPower _ -> {
                memory.askedToPowerOff(clock.instant());
                on(libvirt, id, Domain::shutdown);
            }
            case Step.Destroy _ -> on(libvirt, id, Steps::destroy);
            case Step.Attach attach ->
                    attach(libvirt, id, DomainXml.volume(attach.volume(), attach.target()));
            case Step.Detach detach -> detach(libvirt, id, DomainXml.volumeAlias(detach.volume()));
            case Step.Plug plug -> attach(libvirt, id, DomainXml.nic(plug.nic(), shape));
            case Step.Unplug unplug -> detach(libvirt, id, DomainXml.nicAlias(unplug.nic()));
        }
    }

    /** Ends a domain and forgets it; fine if there is none. */
    static void remove(Connection libvirt, UUID id) {
        libvirt.find(id)
                .ifPresent(
                        found -> {
                            try (Domain domain = found) {
                                destroy(domain);
                                domain.undefine(
                                        List.of(
                                                UndefineFlag.MANAGED_SAVE,
                                                UndefineFlag.SNAPSHOTS_METADATA,
                                                UndefineFlag.CHECKPOINTS_METADATA,
                                                UndefineFlag.NVRAM));
                            } catch (LibvirtException failed) {
                                if (!failed.is(ErrorCode.NO_DOMAIN)) {
                                    throw failed;
                                }
                            }
                        });
    }

    private static void destroy(Domain domain) {
        if (!domain.state().isActive()) {
            return;
        }
        try {
            domain.destroy();
        } catch (LibvirtException failed) {
            if (!failed.is(ErrorCode.OPERATION_INVALID)) { // it has just ended
                throw failed;
            }
        }
    }

    private static void attach(Connection libvirt, UUID id, Xml device) {
        on(libvirt, id, domain -> domain.devices().attach(device.toString(), Scope.LIVE));
    }

    private static void detach(Connection libvirt, UUID id, String alias) {
        on(libvirt, id, domain -> domain.devices().detachAlias(alias, Scope.LIVE));
    }

    private static void on(Connection libvirt, UUID id, Consumer<Domain> what) {
        libvirt.find(id)
                .ifPresent(
                        found -> {
                            try (Domain domain = found) {
                                what.accept(domain);
                            }
                        });
    }

    private static boolean isChangeOfPower(Step step) {
        return switch (step) {
            case Step.Start _,
                    Step.Pause _,
                    Step.Resume _,
                    Step.Save _,
                    Step.DropSaved _,
                    Step.PressPower _,
                    Step.Destroy _ ->
                    true;
            case Step.Remove _,
                    Step.Prepare _,
                    Step.Define _,
                    Step.Mark _,
                    Step.Attach _,
                    Step.Detach _,
                    Step.Plug _,
                    Step.Unplug _ ->
                    false;
        };
    }

    private static String code(Step step) {
        return "Domain" + step.getClass().getSimpleName();
    }

    private static String message(Step step) {
        return switch (step) {
            case Step.Remove _ -> "The guest could not be removed.";
            case Step.Prepare _ -> "The guest's disks could not be made.";
            case Step.Define _, Step.Mark _ -> "The guest could not be described to its host.";
            case Step.Start _ -> "The guest could not be started.";
            case Step.Pause _ -> "The guest could not be paused.";
            case Step.Resume _ -> "The guest could not be resumed.";
            case Step.Save _, Step.DropSaved _ -> "The guest's memory could not be kept.";
            case Step.PressPower _, Step.Destroy _ -> "The guest could not be stopped.";
            case Step.Attach _ -> "The volume could not be attached.";
            case Step.Detach _ -> "The guest does not let go of the volume.";
            case Step.Plug _ -> "The port could not be plugged.";
            case Step.Unplug _ -> "The guest does not let go of the port.";
        };
    }
}
