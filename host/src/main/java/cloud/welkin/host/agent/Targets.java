package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredGuest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The devices that a guest's disks get: the root disk {@code vda}, then the local disks, then each
 * volume the one it wants if that is free, else the next free one.
 *
 * @param locals in the order of the guest's local disks
 */
record Targets(List<String> locals, Map<UUID, String> volumes) {

    static final String ROOT = "vda";

    static Targets of(DesiredGuest guest) {
        Set<String> taken = new HashSet<>();
        Map<UUID, String> volumes = new LinkedHashMap<>();
        taken.add(ROOT);
        boolean fromVolume = guest.root() instanceof DesiredGuest.RootDisk.FromVolume;
        if (fromVolume && !guest.volumes().isEmpty()) {
            volumes.put(guest.volumes().getFirst().volume(), ROOT);
        }
        List<String> locals = new ArrayList<>();
        guest.localDisks().forEach(_ -> locals.add(free(taken)));
        for (var volume : guest.volumes()) {
            if (!volumes.containsKey(volume.volume())) {
                volumes.put(volume.volume(), wanted(volume.device(), taken));
            }
        }
        return new Targets(List.copyOf(locals), volumes);
    }

    private static String wanted(String device, Set<String> taken) {
        return device.matches("vd[a-z]{1,2}") && taken.add(device) ? device : free(taken);
    }

    private static String free(Set<String> taken) {
        for (int number = 0; ; number++) {
            String name = "vd" + letters(number);
            if (taken.add(name)) {
                return name;
            }
        }
    }

    /** a … z, aa, ab …. */
    private static String letters(int number) {
        String last = Character.toString((char) ('a' + number % 26));
        return number < 26 ? last : letters(number / 26 - 1) + last;
    }
}
