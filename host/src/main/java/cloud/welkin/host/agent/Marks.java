package cloud.welkin.host.agent;

import cloud.welkin.host.libvirt.Domain;
import cloud.welkin.kernel.host.Power;
import java.util.Optional;
import org.w3c.dom.Element;

/**
 * What the agent writes on a domain, so that any later agent knows what was done: an element of our
 * own in the domain's metadata.
 *
 * @param cloud the cloud that the guest belongs to; a domain of another one is never touched
 * @param generation the newest intent that was fulfilled
 * @param power what that intent wanted
 * @param reboots how many of the reboots asked for are done
 * @param boot the host's boot in which the guest was last made to run
 * @param stopped whether the guest was found to have stopped by itself at this generation; libvirt
 *     forgets why a domain is off when its daemon restarts
 * @param definition digest of the definition without these marks
 */
record Marks(
        String cloud,
        long generation,
        Power power,
        long reboots,
        String boot,
        boolean stopped,
        String definition) {

    private static final String ELEMENT = "guest";

    /** Alone, as libvirt's call for metadata wants it. */
    Xml element() {
        return fill(Xml.element(ELEMENT));
    }

    /** Within a domain's description. */
    Xml metadata() {
        return Xml.element("metadata")
                .add(
                        fill(
                                Xml.element("welkin:" + ELEMENT)
                                        .with("xmlns:welkin", Domain.METADATA_NAMESPACE)));
    }

    private Xml fill(Xml element) {
        return element.with("cloud", cloud)
                .with("generation", generation)
                .with("power", power.name())
                .with("reboots", reboots)
                .with("boot", boot)
                .with("stopped", Boolean.toString(stopped))
                .with("definition", definition);
    }

    /** Reads them from a domain's description; empty where there are none, or none that we know. */
    static Optional<Marks> of(Element domain) {
        var found = domain.getElementsByTagNameNS(Domain.METADATA_NAMESPACE, ELEMENT);
        if (!(found.item(0) instanceof Element marks)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Marks(
                            marks.getAttribute("cloud"),
                            Long.parseLong(marks.getAttribute("generation")),
                            Power.valueOf(marks.getAttribute("power")),
                            Long.parseLong(marks.getAttribute("reboots")),
                            marks.getAttribute("boot"),
                            Boolean.parseBoolean(marks.getAttribute("stopped")),
                            marks.getAttribute("definition")));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }

    Marks at(long newGeneration) {
        return new Marks(cloud, newGeneration, power, reboots, boot, stopped, definition);
    }

    Marks stoppedByItself() {
        return new Marks(cloud, generation, power, reboots, boot, true, definition);
    }
}
