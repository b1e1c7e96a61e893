package cloud.welkin.object.engine;

import java.util.function.Consumer;

/** The bodies that rows name. */
@FunctionalInterface
public interface LiveBodies {
    /** Hands out every locator that begins so, and is named by a row at this moment. */
    void beginningWith(String prefix, Consumer<String> each);
}
