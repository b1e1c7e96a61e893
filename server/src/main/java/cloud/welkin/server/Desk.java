package cloud.welkin.server;

import cloud.welkin.compute.GuestDesk;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.HostTask;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.ObservedVolume;
import cloud.welkin.volume.work.VolumeDesk;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The one desk that hosts come to: guests and tasks are compute's, volumes are the volume
 * service's.
 */
record Desk(GuestDesk guests, VolumeDesk disks) implements HostDesk {
    @Override
    public void register(HostFacts facts) {
        guests.register(facts);
        disks.register(facts);
    }

    @Override
    public List<DesiredGuest> guests(HostName host) {
        return guests.guests(host);
    }

    @Override
    public List<DesiredGuest> pendingGuests(HostName host) {
        return guests.pendingGuests(host);
    }

    @Override
    public void report(HostName host, ObservedGuest guest) {
        guests.report(host, guest);
    }

    @Override
    public List<DesiredVolume> volumes(HostName host) {
        return disks.volumes(host);
    }

    @Override
    public List<DesiredVolume> pendingVolumes(HostName host) {
        return disks.pendingVolumes(host);
    }

    @Override
    public void report(HostName host, ObservedVolume volume) {
        disks.report(host, volume);
    }

    @Override
    public void reportVolumes(HostName host, List<ObservedVolume> volumes) {
        disks.report(host, volumes);
    }

    @Override
    public void foundVolumes(HostName host, Set<UUID> volumes) {
        disks.found(host, volumes);
    }

    @Override
    public List<HostTask> tasks(HostName host) {
        return guests.tasks(host);
    }

    @Override
    public void report(HostName host, HostTask.Done done) {
        guests.report(host, done);
    }

    @Override
    public AutoCloseable onPending(HostName host, Runnable look) {
        AutoCloseable forGuests = guests.onPending(host, look);
        AutoCloseable forVolumes = disks.onPending(host, look);
        return () -> {
            forGuests.close();
            forVolumes.close();
        };
    }
}
