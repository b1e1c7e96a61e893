package cloud.welkin.network.store;

import cloud.welkin.kernel.id.ProjectId;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * Whose things a caller may see: everybody's, or those of one project (none, for a caller without
 * one).
 */
public sealed interface Visibility {
    record Everything() implements Visibility {}

    record Own(Optional<ProjectId> project) implements Visibility {}

    default Condition of(Field<String> owner) {
        return switch (this) {
            case Everything all -> DSL.noCondition();
            case Own(Optional<ProjectId> project) ->
                    project.map(id -> owner.eq(id.value())).orElse(DSL.falseCondition());
        };
    }
}
