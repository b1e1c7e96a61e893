package cloud.welkin.identity.saml;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 */
public record SamlProvider(String entityId, List<PublicKey> keys) {
    public SamlProvider {
        keys = List.copyOf(keys);
    }

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
        return new SamlProvider(entity.getEntityID(), keys);
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
