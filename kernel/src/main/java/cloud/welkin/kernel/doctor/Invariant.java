package cloud.welkin.kernel.doctor;

import java.util.List;
import java.util.function.Supplier;

/**
 * Something that holds at any time when nothing is in flight.
 *
 * @param name a statement: {@code every allocation has its server}. Unique in the program
 * @param service whose it is
 * @param explains why it matters, for the operator who meets a finding
 * @param check looks; reads only; an empty list is good
 */
public record Invariant(
        String name, String service, String explains, Supplier<List<Finding>> check) {}
