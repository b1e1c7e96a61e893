package cloud.welkin.kernel.api;

import java.util.List;

/** The operations of one resource: what a class named XOperations declares. */
@FunctionalInterface
public interface OperationGroup {
    List<Operation> operations();
}
