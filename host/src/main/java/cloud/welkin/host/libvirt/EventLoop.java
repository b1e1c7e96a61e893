package cloud.welkin.host.libvirt;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** libvirt's event loop: one platform thread for the life of the program. */
final class EventLoop {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);
    private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(100);

    private EventLoop() {}

    /** After virEventRegisterDefaultImpl. */
    static void start(NativeSystem system) {
        Thread.ofPlatform().name("libvirt-events").daemon().start(() -> run(system));
    }

    private static void run(NativeSystem system) {
        LastError errors = new LastError(system);
        while (true) {
            try {
                errors.check(system.virEventRunDefaultImpl());
            } catch (RuntimeException failed) {
                // One iteration: the next may well succeed, and without the loop there is no
                // keepalive.
                LOG.warn("libvirt's event loop", failed);
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE);
            }
        }
    }
}
