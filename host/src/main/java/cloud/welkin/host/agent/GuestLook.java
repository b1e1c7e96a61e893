package cloud.welkin.host.agent;

import cloud.welkin.host.agent.FoundGuest.Activity;
import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.Domain;
import cloud.welkin.host.libvirt.DomainState;
import cloud.welkin.host.libvirt.DomainState.ShutOffReason;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Finds out what a guest is like now. */
final class GuestLook {

    private GuestLook() {}

    /**
     * @param files whether the guest has files
     */
    static FoundGuest at(Connection libvirt, UUID guest, boolean files) {
        try (Domain domain = libvirt.find(guest).orElse(null)) {
            return domain == null ? FoundGuest.absent(files) : at(domain, files);
        }
    }

    private static FoundGuest at(Domain domain, boolean files) {
        DomainState state = domain.state();
        Activity activity = activity(state);
        String definition = domain.definitionXml();
        boolean saved = activity == Activity.OFF && domain.hasManagedSave();
        String devices = activity.isActive() ? domain.liveXml() : definition;
        return of(activity, isOffByItself(state), saved, files, definition, devices);
    }

    /**
     * @param definition the definition that the next start will use
     * @param devices the description that tells what the guest has now
     */
    static FoundGuest of(
            Activity activity,
            boolean offByItself,
            boolean saved,
            boolean files,
            String definition,
            String devices) {
        Element defined = parse(definition);
        Element now = parse(devices);
        Map<UUID, String> volumes = new HashMap<>();
        Set<UUID> nics = new HashSet<>();
        Optional<String> root = Optional.empty();
        for (Element disk : elements(now, "disk")) {
            Optional<UUID> volume = alias(disk, DomainXml.volumeAlias());
            String target = attribute(disk, "target", "dev");
            volume.ifPresent(id -> volumes.put(id, target));
            if (volume.isEmpty() && target.equals(Targets.ROOT)) {
                root = Optional.of(attribute(disk, "source", "file"));
            }
        }
        elements(now, "interface")
                .forEach(nic -> alias(nic, DomainXml.nicAlias()).ifPresent(nics::add));
        return new FoundGuest(
                activity, offByItself, saved, files, Marks.of(defined), root, volumes, nics);
    }

    static Activity activity(DomainState state) {
        return switch (state) {
            case DomainState.Running _, DomainState.Blocked _, DomainState.PmSuspended _ ->
                    Activity.RUNNING;
            case DomainState.Paused paused ->
                    switch (paused.reason()) {
                        case IO_ERROR -> Activity.STUCK;
                        // Halted, with its process still there.
                        case SHUTTING_DOWN -> Activity.ENDING;
                        case UNKNOWN,
                                USER,
                                MIGRATION,
                                SAVE,
                                DUMP,
                                WATCHDOG,
                                FROM_SNAPSHOT,
                                SNAPSHOT,
                                CRASHED,
                                STARTING_UP,
                                POSTCOPY,
                                POSTCOPY_FAILED ->
                                Activity.PAUSED;
                    };
            case DomainState.ShuttingDown _ -> Activity.ENDING;
            case DomainState.NoState _, DomainState.ShutOff _, DomainState.Crashed _ ->
                    Activity.OFF;
        };
    }

    private static boolean isOffByItself(DomainState state) {
        return state instanceof DomainState.Crashed
                || (state instanceof DomainState.ShutOff off
                        && (off.reason() == ShutOffReason.SHUTDOWN
                                || off.reason() == ShutOffReason.CRASHED));
    }

    static Element parse(String xml) {
        try {
            var factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder()
                    .parse(new InputSource(new StringReader(xml)))
                    .getDocumentElement();
        } catch (ParserConfigurationException | SAXException | IOException unreadable) {
            throw new IllegalStateException("libvirt's XML cannot be read", unreadable);
        }
    }

    static List<Element> elements(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            if (found.item(i) instanceof Element element) {
                elements.add(element);
            }
        }
        return elements;
    }

    private static String attribute(Element parent, String child, String attribute) {
        return elements(parent, child).stream()
                .findFirst()
                .map(element -> element.getAttribute(attribute))
                .orElse("");
    }

    private static Optional<UUID> alias(Element device, String prefix) {
        String alias = attribute(device, "alias", "name");
        return alias.startsWith(prefix)
                ? Optional.of(UUID.fromString(alias.substring(prefix.length())))
                : Optional.empty();
    }
}
