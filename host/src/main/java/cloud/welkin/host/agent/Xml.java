package cloud.welkin.host.agent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An element of XML that is built and written: the only way by which anything gets into libvirt's
 * descriptions. Text is escaped; characters that XML cannot carry become U+FFFD.
 */
final class Xml {

    private final String name;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final List<Xml> children = new ArrayList<>();
    private String text = "";

    private Xml(String name) {
        this.name = name;
    }

    static Xml element(String name) {
        return new Xml(name);
    }

    /** An element that holds nothing but text. */
    static Xml text(String name, String text) {
        Xml element = new Xml(name);
        element.text = text;
        return element;
    }

    Xml with(String attribute, String value) {
        attributes.put(attribute, value);
        return this;
    }

    Xml with(String attribute, long value) {
        return with(attribute, Long.toString(value));
    }

    Xml add(Xml child) {
        children.add(child);
        return this;
    }

    Xml add(List<Xml> more) {
        children.addAll(more);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out, "");
        return out.toString();
    }

    private void write(StringBuilder out, String indent) {
        out.append(indent).append('<').append(name);
        attributes.forEach(
                (attribute, value) -> {
                    out.append(' ').append(attribute).append("='");
                    escape(out, value);
                    out.append('\'');
                });
        if (children.isEmpty() && text.isEmpty()) {
            out.append("/>\n");
            return;
        }
        out.append('>');
        escape(out, text);
        if (!children.isEmpty()) {
            out.append('\n');
            children.forEach(child -> child.write(out, indent + "  "));
            out.append(indent);
        }
        out.append("</").append(name).append(">\n");
    }

    private static void escape(StringBuilder out, String text) {
        text.codePoints().forEach(point -> escape(out, point));
    }

    private static void escape(StringBuilder out, int point) {
        switch (point) {
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '&' -> out.append("&amp;");
            case '\'' -> out.append("&apos;");
            case '"' -> out.append("&quot;");
            case '\t', '\n', '\r' -> out.append("&#").append(point).append(';');
            default -> out.appendCodePoint(allowed(point) ? point : 0xFFFD);
        }
    }

    private static boolean allowed(int point) {
        return (point >= 0x20 && point <= 0xD7FF)
                || (point >= 0xE000 && point <= 0xFFFD)
                || point >= 0x10000;
    }
}
