/**
 * The host agent: the program's other role. It pulls what shall be on a host from a {@link
 * cloud.welkin.kernel.host.HostDesk}, compares it with what is there and makes it so.
 *
 * <p>Level-triggered throughout: a poke or an event says only <em>look</em>. {@link
 * cloud.welkin.host.agent.GuestPlan} decides from what is wanted and what is found; everything that
 * must survive the program's death is in the domain itself ({@link cloud.welkin.host.agent.Marks}),
 * so that another agent on the same home goes on where this one was killed.
 */
@NullMarked
package cloud.welkin.host.agent;

import org.jspecify.annotations.NullMarked;
