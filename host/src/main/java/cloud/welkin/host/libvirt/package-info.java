/**
 * libvirt's C library, called through {@code java.lang.foreign}.
 *
 * <p>Start at {@link cloud.welkin.host.libvirt.Connection}: it finds {@link
 * cloud.welkin.host.libvirt.Domain}s, which offer what a hypervisor does with a guest, and it
 * delivers {@link cloud.welkin.host.libvirt.LibvirtEvent}s. Whatever libvirt refuses is a {@link
 * cloud.welkin.host.libvirt.LibvirtException}.
 *
 * <p>The design rests on three facts of libvirt. Its last error is kept per operating system
 * thread, so a call and the reading of its error run in one piece on a platform thread ({@code
 * CallLanes}). Its calls block for as long as the hypervisor needs, so these threads are many and
 * bounded per connection, and virtual threads wait for them. Its events come from a loop that
 * somebody has to run and that must never be held up, so one thread per program runs it and every
 * listener has a queue ({@code EventLoop}, {@code EventRouter}).
 *
 * <p>The interfaces {@code Native…} are the table of native functions, in C's own names; {@code
 * NativeBinding} turns them into downcalls. Pointers are owned by {@code NativeReference}s: a
 * reference that is closed while a call uses it is freed when that call ends.
 */
@NullMarked
package cloud.welkin.host.libvirt;

import org.jspecify.annotations.NullMarked;
