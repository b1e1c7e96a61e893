package cloud.welkin.object.s3;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** The XML of S3: written as it is read from top to bottom, read without anything that acts. */
final class Xml {
    static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

    private final StringBuilder text;
    private final String root;

    /**
     * @param namespace empty for none
     */
    Xml(String root, String namespace) {
        this.root = root;
        this.text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + root);
        if (!namespace.isEmpty()) {
            text.append(" xmlns=\"").append(namespace).append('"');
        }
        text.append('>');
    }

    Xml text(String element, Object value) {
        text.append('<').append(element).append('>').append(escaped(String.valueOf(value)));
        text.append("</").append(element).append('>');
        return this;
    }

    Xml text(String element, Optional<?> value) {
        value.ifPresent(it -> text(element, (Object) it));
        return this;
    }

    Xml in(String element, Consumer<Xml> inner) {
        text.append('<').append(element).append('>');
        inner.accept(this);
        text.append("</").append(element).append('>');
        return this;
    }

    /** A grantee says by an attribute what it is. */
    Xml typed(String element, String type, Consumer<Xml> inner) {
        text.append('<').append(element);
        text.append(" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"");
        text.append(escaped(type)).append("\">");
        inner.accept(this);
        text.append("</").append(element).append('>');
        return this;
    }

    byte[] bytes() {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return text + "</" + root + ">";
    }

    /** As Amazon writes it: control characters by number, though XML 1.0 knows none of them. */
    private static String escaped(String value) {
        StringBuilder escaped = new StringBuilder(value.length());
        value.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '&' -> escaped.append("&amp;");
                                case '<' -> escaped.append("&lt;");
                                case '>' -> escaped.append("&gt;");
                                case '"' -> escaped.append("&quot;");
                                case 0xFFFE, 0xFFFF -> escaped.append('\uFFFD');
                                default -> {
                                    if (c < ' ') {
                                        escaped.append("&#x").append(Integer.toHexString(c));
                                        escaped.append(';');
                                    } else {
                                        escaped.appendCodePoint(c);
                                    }
                                }
                            }
                        });
        return escaped.toString();
    }

    /** An element that came, with its children by their local names. */
    record Part(Element element) {
        String name() {
            return local(element);
        }

        List<Part> children() {
            List<Part> children = new ArrayList<>();
            for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
                if (node instanceof Element child) {
                    children.add(new Part(child));
                }
            }
            return children;
        }

        List<Part> all(String name) {
            return children().stream().filter(it -> it.name().equals(name)).toList();
        }

        Optional<Part> first(String name) {
            return all(name).stream().findFirst();
        }

        /** The text of the child of this name. */
        Optional<String> text(String name) {
            return first(name).map(it -> it.element().getTextContent());
        }

        /** The text of a child that must be there. */
        String require(String name) {
            return text(name).orElseThrow(S3Code.MalformedXML::failure);
        }

        private static String local(Element element) {
            return Optional.ofNullable(element.getLocalName()).orElse(element.getTagName());
        }
    }

    /**
     * Reads a document. No types, no entities, nothing from elsewhere: a document that has any of
     * them is refused.
     *
     * @param root the name that it must have
     */
    static Part read(byte[] document, String root) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            factory.setNamespaceAware(true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new Silent());
            Part read =
                    new Part(
                            builder.parse(new ByteArrayInputStream(document)).getDocumentElement());
            if (!read.name().equals(root)) {
                throw S3Code.MalformedXML.failure();
            }
            return read;
        } catch (SAXException | IOException e) {
            throw S3Code.MalformedXML.failure().because(String.valueOf(e.getMessage()));
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The parser would print what clients send. */
    private static final class Silent implements ErrorHandler {
        @Override
        public void warning(SAXParseException exception) {}

        @Override
        public void error(SAXParseException exception) throws SAXException {
            throw exception;
        }

        @Override
        public void fatalError(SAXParseException exception) throws SAXException {
            throw exception;
        }
    }
}
