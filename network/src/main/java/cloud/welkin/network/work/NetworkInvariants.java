package cloud.welkin.network.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.network.store.AddressStore;
import cloud.welkin.network.store.CountStore;
import cloud.welkin.network.store.FloatingIpStore;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.ServerPortStore;
import cloud.welkin.network.store.SubnetStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What must hold of the rows of this service among themselves. */
public final class NetworkInvariants {
    private static final String SERVICE = "network";

    private final Database database;
    private final Quotas quotas;
    private final CountStore counts = new CountStore();
    private final AddressStore addresses = new AddressStore(new java.util.Random(0));
    private final ServerPortStore serverPorts =
            new ServerPortStore(new NetworkStore(), new SubnetStore(), new FloatingIpStore());

    public NetworkInvariants(Database database, Quotas quotas) {
        this.database = database;
        this.quotas = quotas;
    }

    public List<Invariant> all() {
        List<Invariant> all = new ArrayList<>();
        Map<String, Function<Tx, Map<String, Long>>> byName = counts.byResource();
        for (QuotaResource resource : quotas.resources(SERVICE)) {
            Function<Tx, Map<String, Long>> count = byName.get(resource.name());
            if (count != null) {
                all.add(quotas.invariant(resource, count));
            }
        }
        all.add(
                new Invariant(
                        "every address lies in its subnet, and its port in its network",
                        SERVICE,
                        "Such an address can be reached by nobody.",
                        () ->
                                database.read(addresses::strays).stream()
                                        .map(
                                                stray ->
                                                        new Finding(
                                                                stray + " is out of its place",
                                                                List.of(stray),
                                                                "Remove the address from the port."))
                                        .toList()));
        all.add(
                new Invariant(
                        "every floating IP leads to an address that its port has",
                        SERVICE,
                        "Traffic to such a floating IP is lost.",
                        () ->
                                database.read(serverPorts::danglingFloatingIps).stream()
                                        .map(
                                                id ->
                                                        new Finding(
                                                                "Floating IP "
                                                                        + id
                                                                        + " leads to an address that its port lacks",
                                                                List.of(id.toString()),
                                                                "Unset the floating IP's port and set it again."))
                                        .toList()));
        return all;
    }
}
