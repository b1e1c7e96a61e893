package cloud.welkin.kernel.event;

import cloud.welkin.database.Tx;
import java.util.List;

/**
 * Takes events in order. What it writes by the transaction happens exactly once; anything else, at
 * least once.
 */
@FunctionalInterface
public interface EventHandler {

    void handle(Tx tx, List<Event> batch);
}
