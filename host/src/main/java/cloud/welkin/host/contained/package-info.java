/**
 * The engines of a host: libvirt, Open vSwitch and OVN.
 *
 * <p>{@link cloud.welkin.host.contained.HostEngines} is what the rest of the program sees. A {@link
 * cloud.welkin.host.contained.ContainedHost} brings its engines up in namespaces of its own and
 * leaves nothing on the machine; a {@link cloud.welkin.host.contained.MachineHost} uses those that
 * the machine's administrator runs.
 */
@NullMarked
package cloud.welkin.host.contained;

import org.jspecify.annotations.NullMarked;
