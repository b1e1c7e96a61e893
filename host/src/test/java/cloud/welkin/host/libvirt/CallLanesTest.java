package cloud.welkin.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallLanesTest {

    private final CallLanes lanes = new CallLanes(1, 1);

    @AfterEach
    void shutdown() {
        lanes.shutdown();
    }

    @Test
    void aCallRunsOnAPlatformThreadEvenForAVirtualOne() throws Exception {
        boolean[] virtual = {true};
        Thread.ofVirtual()
                .start(
                        () ->
                                virtual[0] =
                                        lanes.call(
                                                Pace.QUICK,
                                                _ -> Thread.currentThread().isVirtual()))
                .join();
        assertThat(virtual[0]).isFalse();
    }

    @Test
    void quickCallsGetThroughWhileAllSlowOnesWait() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread slow = Thread.ofVirtual().start(() -> lanes.call(Pace.SLOW, _ -> awaited(end)));
        assertThat(lanes.<Integer>call(Pace.QUICK, _ -> 7)).isEqualTo(7);
        end.countDown();
        slow.join();
    }

    @Test
    void aCallWithinACallRunsInPlace() {
        String outer = lanes.call(Pace.QUICK, _ -> lanes.call(Pace.QUICK, _ -> "inner"));
        assertThat(outer).isEqualTo("inner");
    }

    @Test
    void anInterruptedCallerGetsItsResultAndKeepsTheInterrupt() {
        Thread.currentThread().interrupt();
        assertThat(lanes.<Integer>call(Pace.QUICK, _ -> 7)).isEqualTo(7);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void afterTheEndCallsAreRefused() {
        lanes.shutdown();
        TestDriverTest.assertFails(() -> lanes.call(Pace.QUICK, _ -> 7), ErrorCode.CLOSED);
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
