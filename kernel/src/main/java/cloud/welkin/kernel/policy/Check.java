package cloud.welkin.kernel.policy;

import java.util.List;

/** A rule of oslo.policy's language, parsed. */
sealed interface Check {
    record Always() implements Check {}

    record Never() implements Check {}

    /**
     * The caller holds the role; its name may come from the target, as in {@code role:%(role)s}.
     */
    record Role(Operand name) implements Check {}

    /** Another rule by name. */
    record Rule(String name) implements Check {}

    /**
     * An attribute of the caller (or a literal) equals an attribute of the target (or a literal).
     */
    record Equal(Operand caller, Operand target) implements Check {}

    record All(List<Check> parts) implements Check {}

    record Any(List<Check> parts) implements Check {}

    record Not(Check part) implements Check {}

    /** One side of a comparison: text as it stands, or an attribute to look up. */
    sealed interface Operand {
        record Literal(String text) implements Operand {}

        record Attribute(String name) implements Operand {}
    }
}
