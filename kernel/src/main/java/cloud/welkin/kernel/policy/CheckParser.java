package cloud.welkin.kernel.policy;

import cloud.welkin.kernel.policy.Check.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses oslo.policy's language: {@code role:x}, {@code rule:x}, {@code attribute:%(target)s},
 * {@code @}, {@code !}, {@code not}, {@code and}, {@code or} and parentheses; {@code and} binds
 * tighter than {@code or}.
 */
final class CheckParser {
    private static final Pattern TOKENS =
            Pattern.compile(
                    "\\s*([()]"
                            + "|(?:'[^']*':)?[^\\s()]*%\\([^)]*\\)s[^\\s()]*"
                            + "|(?:'[^']*':)?[^\\s()]+)");
    private static final Pattern ATTRIBUTE = Pattern.compile("%\\(([^)]+)\\)s");
    private static final Pattern QUOTED = Pattern.compile("['\"](.*)['\"]");
    private static final Set<String> CONSTANTS = Set.of("True", "False", "None", "true", "false");

    private final String text;
    private final List<String> tokens = new ArrayList<>();
    private int next;

    private CheckParser(String text) {
        this.text = text;
        Matcher matcher = TOKENS.matcher(text.strip());
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            matcher.region(matcher.end(), matcher.regionEnd());
        }
    }

    /**
     * The check that the text spells.
     *
     * @throws IllegalArgumentException when the text is not of the language; the message shows it
     */
    static Check parse(String text) {
        if (text.isBlank()) {
            return new Check.Always();
        }
        CheckParser parser = new CheckParser(text);
        Check check = parser.any();
        if (parser.next < parser.tokens.size()) {
            throw parser.wrong();
        }
        return check;
    }

    private Check any() {
        List<Check> parts = new ArrayList<>(List.of(all()));
        while (takeWord("or")) {
            parts.add(all());
        }
        return parts.size() == 1 ? parts.getFirst() : new Check.Any(List.copyOf(parts));
    }

    private Check all() {
        List<Check> parts = new ArrayList<>(List.of(single()));
        while (takeWord("and")) {
            parts.add(single());
        }
        return parts.size() == 1 ? parts.getFirst() : new Check.All(List.copyOf(parts));
    }

    private Check single() {
        if (takeWord("not")) {
            return new Check.Not(single());
        }
        if (next >= tokens.size()) {
            throw wrong();
        }
        String token = tokens.get(next++);
        if (token.equals("(")) {
            Check inner = any();
            if (next >= tokens.size() || !tokens.get(next++).equals(")")) {
                throw wrong();
            }
            return inner;
        }
        return switch (token) {
            case "@" -> new Check.Always();
            case "!" -> new Check.Never();
            default -> comparison(token);
        };
    }

    private Check comparison(String token) {
        int colon =
                token.startsWith("'") || token.startsWith("\"")
                        ? token.indexOf(':', token.indexOf(token.charAt(0), 1) + 1)
                        : token.indexOf(':');
        if (colon <= 0) {
            throw wrong();
        }
        String left = token.substring(0, colon);
        String right = token.substring(colon + 1);
        return switch (left) {
            case "role" -> new Check.Role(targetSide(right));
            case "rule" -> new Check.Rule(right);
            case "http", "https" ->
                    throw new IllegalArgumentException(
                            "policy checks that ask a server (" + token + ") are not supported");
            default -> new Check.Equal(callerSide(left), targetSide(right));
        };
    }

    private static Operand callerSide(String left) {
        Matcher quoted = QUOTED.matcher(left);
        if (quoted.matches()) {
            return new Operand.Literal(quoted.group(1));
        }
        return CONSTANTS.contains(left) ? new Operand.Literal(left) : new Operand.Attribute(left);
    }

    private static Operand targetSide(String right) {
        Matcher attribute = ATTRIBUTE.matcher(right);
        return attribute.matches()
                ? new Operand.Attribute(attribute.group(1))
                : new Operand.Literal(right);
    }

    private boolean takeWord(String word) {
        if (next < tokens.size() && tokens.get(next).equalsIgnoreCase(word)) {
            next++;
            return true;
        }
        return false;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("not a policy rule: " + text);
    }
}
