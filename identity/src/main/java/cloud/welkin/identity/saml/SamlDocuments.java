package cloud.welkin.identity.saml;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.ParserConfigurationException;
import org.keycloak.saml.common.exceptions.ParsingException;
import org.keycloak.saml.common.util.DocumentUtil;
import org.keycloak.saml.processing.core.parsers.saml.SAMLParser;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** XML from outside: small, without a document type (so without entities), every id once. */
final class SamlDocuments {
    static final String PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol";
    static final String ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion";
    static final String METADATA = "urn:oasis:names:tc:SAML:2.0:metadata";
    static final String SIGNATURE = "http://www.w3.org/2000/09/xmldsig#";

    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";

    /** What is wrong with a document is nothing for standard error, where the parser puts it. */
    private static final DefaultHandler SILENT = new DefaultHandler();

    private static final int LARGEST = 1 << 20;
    private static final int DEEPEST = 64;

    private SamlDocuments() {}

    /**
     * @throws SamlRefused when it is no such document
     */
    static Document read(byte[] xml) {
        if (xml.length > LARGEST) {
            throw new SamlRefused("the document is larger than " + LARGEST + " bytes");
        }
        try {
            DocumentBuilder builder = DocumentUtil.getDocumentBuilder();
            builder.setErrorHandler(SILENT);
            Document document = builder.parse(new ByteArrayInputStream(xml));
            nameIds(document.getDocumentElement(), new HashSet<>(), 0);
            return document;
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new SamlRefused("the document cannot be read", e);
        }
    }

    /** The library's record of a document that {@link #read} took, or of an element of it. */
    static <T> T parse(Node document, Class<T> type) {
        try {
            return type.cast(SAMLParser.getInstance().parse(document));
        } catch (ParsingException | RuntimeException e) {
            throw new SamlRefused("the document is no " + type.getSimpleName(), e);
        }
    }

    /** Signatures refer to elements by id: which attribute that is, and that no two share one. */
    private static void nameIds(Element element, Set<String> seen, int depth) {
        if (depth > DEEPEST) {
            throw new SamlRefused("the document is nested too deeply");
        }
        if (element.hasAttribute("ID")) {
            if (!seen.add(element.getAttribute("ID"))) {
                throw new SamlRefused("an ID is there twice");
            }
            element.setIdAttribute("ID", true);
        }
        for (Element child : children(element)) {
            nameIds(child, seen, depth + 1);
        }
    }

    static List<Element> children(Element element) {
        List<Element> children = new ArrayList<>();
        NodeList nodes = element.getChildNodes();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element child) {
                children.add(child);
            }
        }
        return children;
    }

    static List<Element> children(Element element, String namespace, String name) {
        return children(element).stream().filter(child -> is(child, namespace, name)).toList();
    }

    static boolean is(Element element, String namespace, String name) {
        return namespace.equals(element.getNamespaceURI()) && name.equals(element.getLocalName());
    }
}
