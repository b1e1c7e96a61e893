package cloud.welkin.identity.saml;

import java.net.URI;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.dom.saml.v2.metadata.EndpointType;
import org.keycloak.dom.saml.v2.metadata.EntityDescriptorType;
import org.keycloak.dom.saml.v2.metadata.IDPSSODescriptorType;
import org.keycloak.dom.saml.v2.metadata.KeyDescriptorType;
import org.keycloak.dom.saml.v2.metadata.KeyTypes;
import org.keycloak.saml.common.exceptions.ProcessingException;
import org.keycloak.saml.processing.core.util.XMLSignatureUtil;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * An identity provider as its metadata describes it (SAML metadata 2.0, section 2.4.3). The
 * operator vouches for the metadata by giving it to us: the keys in it are trusted as they stand.
 *
 * @param keys that sign its responses, in no order
 * @param signOns where browsers are sent to, those that are redirected there first
 */
public record SamlProvider(String entityId, List<PublicKey> keys, List<SignOn> signOns) {
    public SamlProvider {
        keys = List.copyOf(keys);
        signOns = List.copyOf(signOns);
    }

    /** How a request gets to a provider (SAML bindings 2.0); those that a browser can bring. */
    public enum Binding {
        REDIRECT("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"),
        POST("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST");

        private final URI name;

        Binding(String name) {
            this.name = URI.create(name);
        }
    }

    /**
     * @param address with http or https: it becomes a page's target
     */
    public record SignOn(Binding binding, URI address) {}

    /**
     * @param metadata an EntityDescriptor with an IDPSSODescriptor
     * @throws SamlRefused when it is none, or has no key
     */
    public static SamlProvider of(byte[] metadata) {
        EntityDescriptorType entity =
                SamlDocuments.parse(SamlDocuments.read(metadata), EntityDescriptorType.class);
        IDPSSODescriptorType descriptor =
                entity.getChoiceType().stream()
                        .flatMap(choice -> choice.getDescriptors().stream())
                        .flatMap(choice -> Optional.ofNullable(choice.getIdpDescriptor()).stream())
                        .findFirst()
                        .orElseThrow(() -> new SamlRefused("no identity provider is described"));
        List<PublicKey> keys = new ArrayList<>();
        for (KeyDescriptorType key : descriptor.getKeyDescriptor()) {
            if (key.getUse() != KeyTypes.ENCRYPTION) {
                keys.addAll(certificates(key.getKeyInfo()));
            }
        }
        if (keys.isEmpty()) {
            throw new SamlRefused("the metadata has no certificate to sign with");
        }
        return new SamlProvider(
                entity.getEntityID(),
                keys,
                Stream.of(Binding.values())
                        .flatMap(
                                binding ->
                                        descriptor.getSingleSignOnService().stream()
                                                .filter(
                                                        service ->
                                                                binding.name.equals(
                                                                        service.getBinding()))
                                                .map(service -> signOn(binding, service)))
                        .toList());
    }

    private static SignOn signOn(Binding binding, EndpointType service) {
        URI address = service.getLocation();
        if (address == null
                || address.getHost() == null
                || address.getUserInfo() != null
                || address.getFragment() != null
                || !("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
            throw new SamlRefused("a SingleSignOnService is no http or https URL");
        }
        return new SignOn(binding, address);
    }

    private static List<PublicKey> certificates(Element info) {
        NodeList nodes = info.getElementsByTagNameNS(SamlDocuments.SIGNATURE, "X509Certificate");
        List<PublicKey> keys = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            try {
                keys.add(
                        XMLSignatureUtil.getX509CertificateFromKeyInfoString(
                                        nodes.item(i).getTextContent().strip())
                                .getPublicKey());
            } catch (ProcessingException e) {
                throw new SamlRefused("a certificate in the metadata cannot be read", e);
            }
        }
        return keys;
    }
}
