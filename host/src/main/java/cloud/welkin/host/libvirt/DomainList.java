package cloud.welkin.host.libvirt;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Domains found together and closed together. */
public final class DomainList implements Iterable<Domain>, AutoCloseable {

    private final List<Domain> domains;

    DomainList(List<Domain> domains) {
        this.domains = List.copyOf(domains);
    }

    public int size() {
        return domains.size();
    }

    public Stream<Domain> stream() {
        return domains.stream();
    }

    @Override
    public Iterator<Domain> iterator() {
        return domains.iterator();
    }

    @Override
    public void close() {
        domains.forEach(Domain::close);
    }
}
