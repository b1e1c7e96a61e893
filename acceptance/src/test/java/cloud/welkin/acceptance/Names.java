package cloud.welkin.acceptance;

import java.util.concurrent.atomic.AtomicInteger;

/** Names that no other test of the run uses: the shared cloud is never emptied between tests. */
final class Names {
    private static final AtomicInteger NEXT = new AtomicInteger(1);

    private Names() {}

    static String fresh(String kind) {
        return "acc-" + kind + "-" + NEXT.getAndIncrement();
    }
}
