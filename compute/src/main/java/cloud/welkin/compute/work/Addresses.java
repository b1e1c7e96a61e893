package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.network.Networks;
import cloud.welkin.network.Networks.FixedIp;
import cloud.welkin.network.Networks.PortFacts;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Keeps the addresses and security groups in a server's row equal to its ports, so that lists need
 * not ask.
 */
public final class Addresses implements Networks.Listener {
    /** An address as answers hold it. */
    public record Address(
            int version,
            String addr,
            @JsonProperty("OS-EXT-IPS:type") String type,
            @JsonProperty("OS-EXT-IPS-MAC:mac_addr") String mac) {}

    private record GroupName(String name) {}

    private final Networks networks;
    private final PlugStore plugs;
    private final ServerStore servers;

    public Addresses(Networks networks, PlugStore plugs, ServerStore servers) {
        this.networks = networks;
        this.plugs = plugs;
        this.servers = servers;
    }

    /** A port of a server changed. */
    @Override
    public void changed(Tx tx, UUID port, UUID device, boolean active) {
        boolean ours = false;
        for (PortFacts facts : networks.portsOf(tx, List.of(device))) {
            ours |= plugs.update(tx, facts);
        }
        if (ours) {
            refresh(tx, device);
        }
    }

    /** Writes what the server's NICs say into its row. */
    public void refresh(Tx tx, UUID server) {
        List<Nic> nics = plugs.nics(tx, server);
        servers.setAddresses(tx, server, of(nics), groups(nics));
    }

    /** Network name to addresses, in the order of the NICs. */
    public static Map<String, List<Address>> of(List<Nic> nics) {
        Map<String, List<Address>> all = new LinkedHashMap<>();
        for (Nic nic : nics) {
            PortFacts port = nic.facts();
            List<Address> list = all.computeIfAbsent(port.networkName(), name -> new ArrayList<>());
            for (FixedIp ip : port.fixedIps()) {
                list.add(new Address(ip.version(), ip.address(), "fixed", port.mac()));
                for (String floating : ip.floating()) {
                    list.add(
                            new Address(
                                    floating.indexOf(':') < 0 ? 4 : 6,
                                    floating,
                                    "floating",
                                    port.mac()));
                }
            }
        }
        return all;
    }

    private static List<GroupName> groups(List<Nic> nics) {
        Set<String> names = new LinkedHashSet<>();
        nics.forEach(nic -> names.addAll(nic.facts().securityGroups()));
        return names.stream().map(GroupName::new).toList();
    }
}
