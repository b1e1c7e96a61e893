package cloud.welkin.host.agent;

import cloud.welkin.host.contained.MetadataProxies;
import cloud.welkin.host.contained.MetadataProxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Keeps a metadata proxy for each network that has a guest here, and no others. */
final class MetadataWork {

    private static final String ALL = "metadata";
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private final MetadataProxies proxies;
    private final Supplier<List<MetadataProxy>> wanted;
    private final OneAtATime<String> worker = new OneAtATime<>(1, _ -> converge());

    MetadataWork(MetadataProxies proxies, Supplier<List<MetadataProxy>> wanted) {
        this.proxies = proxies;
        this.wanted = wanted;
    }

    void look() {
        worker.poke(ALL);
    }

    void close(Duration limit) {
        worker.close(limit);
    }

    private void converge() {
        try {
            List<MetadataProxy> all = wanted.get();
            Set<String> networks =
                    all.stream().map(MetadataProxy::networkId).collect(Collectors.toSet());
            proxies.list().stream()
                    .map(MetadataProxy::networkId)
                    .filter(network -> !networks.contains(network))
                    .forEach(proxies::remove);
            all.forEach(proxies::ensure);
        } catch (RuntimeException failed) {
            worker.pokeIn(AGAIN, ALL);
            throw failed;
        }
    }
}
