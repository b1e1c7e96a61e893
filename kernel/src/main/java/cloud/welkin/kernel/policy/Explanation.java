package cloud.welkin.kernel.policy;

import java.util.List;

/**
 * Why a rule, or a part of one, holds or not.
 *
 * @param check the part as policy.yaml spells it, or what joins its parts
 * @param found what the caller or the target has instead, where that is what it fails by
 * @param parts what it is made of; empty for a single comparison
 */
public record Explanation(String check, boolean holds, String found, List<Explanation> parts) {

    /** One line for each part, those of a part below it and indented. */
    public String text() {
        StringBuilder text = new StringBuilder();
        write(text, "");
        return text.toString();
    }

    private void write(StringBuilder text, String indent) {
        text.append(indent).append(holds ? "yes  " : "no   ").append(check);
        if (!found.isEmpty()) {
            text.append("  (").append(found).append(')');
        }
        text.append('\n');
        parts.forEach(part -> part.write(text, indent + "  "));
    }
}
