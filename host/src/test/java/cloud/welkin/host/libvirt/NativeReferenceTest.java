package cloud.welkin.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NativeReferenceTest {

    private final AtomicInteger freed = new AtomicInteger();
    private final NativeReference reference =
            new NativeReference(MemorySegment.ofAddress(8), done -> freed.incrementAndGet());

    @Test
    void closingTwiceFreesOnce() {
        reference.close();
        reference.close();
        assertThat(freed).hasValue(1);
        TestDriverTest.assertFails(reference::hold, ErrorCode.CLOSED);
    }

    @Test
    void whatACallUsesIsFreedWhenTheCallEnds() {
        reference.hold();
        reference.close();
        assertThat(freed).hasValue(0);
        TestDriverTest.assertFails(reference::hold, ErrorCode.CLOSED);
        reference.release();
        assertThat(freed).hasValue(1);
    }
}
