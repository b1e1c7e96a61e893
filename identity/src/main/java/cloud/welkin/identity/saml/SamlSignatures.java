package cloud.welkin.identity.saml;

import static cloud.welkin.identity.saml.SamlDocuments.SIGNATURE;

import java.security.PublicKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.XMLSignatureException;
import org.keycloak.rotation.HardcodedKeyLocator;
import org.keycloak.saml.processing.core.util.XMLSignatureUtil;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Whether an element itself, and not some other that bears its name or id, is what a trusted key
 * signed (XML Signature Syntax and Processing 1.1; SAML core 2.0, section 5.4).
 */
final class SamlSignatures {
    private static final Set<String> ALGORITHMS =
            Set.of(
                    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
                    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
                    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
                    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
                    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
                    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512");
    private static final Set<String> DIGESTS =
            Set.of(
                    "http://www.w3.org/2001/04/xmlenc#sha256",
                    "http://www.w3.org/2001/04/xmldsig-more#sha384",
                    "http://www.w3.org/2001/04/xmlenc#sha512");
    private static final Set<String> TRANSFORMS =
            Set.of(
                    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
                    "http://www.w3.org/2001/10/xml-exc-c14n#");

    private SamlSignatures() {}

    /** Whether the element bears a signature of its own; that it is good is another question. */
    static boolean isSigned(Element element) {
        return !SamlDocuments.children(element, SIGNATURE, "Signature").isEmpty();
    }

    /**
     * @throws SamlRefused unless one of the keys signed the whole of this element
     */
    static void verify(Element element, List<PublicKey> keys) {
        List<Element> signatures = SamlDocuments.children(element, SIGNATURE, "Signature");
        if (signatures.size() != 1) {
            throw new SamlRefused("the element bears " + signatures.size() + " signatures");
        }
        Element signature = signatures.getFirst();
        checkForm(element, signature);
        for (PublicKey key : keys) {
            Set<Node> signed = new HashSet<>();
            if (isOf(signature, key, signed) && signed.equals(Set.of(element))) {
                return;
            }
        }
        throw new SamlRefused("none of the provider's keys made the signature");
    }

    private static boolean isOf(Element signature, PublicKey key, Set<Node> signed) {
        try {
            return XMLSignatureUtil.validateSingleNode(
                    signature, new HardcodedKeyLocator(key), signed);
        } catch (MarshalException | XMLSignatureException e) {
            return false;
        }
    }

    /** One reference, to the element, by strong algorithms, through nothing that could cut it. */
    private static void checkForm(Element element, Element signature) {
        Element info = only(signature, "SignedInfo");
        Element reference = only(info, "Reference");
        if (!reference.getAttribute("URI").equals("#" + element.getAttribute("ID"))
                || element.getAttribute("ID").isEmpty()) {
            throw new SamlRefused("the signature is of another element");
        }
        known(only(info, "SignatureMethod"), ALGORITHMS);
        known(only(reference, "DigestMethod"), DIGESTS);
        SamlDocuments.children(only(reference, "Transforms"))
                .forEach(transform -> known(transform, TRANSFORMS));
    }

    private static void known(Element element, Set<String> algorithms) {
        if (!algorithms.contains(element.getAttribute("Algorithm"))) {
            throw new SamlRefused("the algorithm " + element.getAttribute("Algorithm"));
        }
    }

    private static Element only(Element parent, String name) {
        List<Element> found = SamlDocuments.children(parent, SIGNATURE, name);
        if (found.size() != 1) {
            throw new SamlRefused("the signature has " + found.size() + " " + name);
        }
        return found.getFirst();
    }
}
