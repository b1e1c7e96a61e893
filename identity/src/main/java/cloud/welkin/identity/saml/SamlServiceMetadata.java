package cloud.welkin.identity.saml;

/**
 * What a service provider tells identity providers of itself (SAML metadata 2.0, section 2.4.4).
 *
 * @param entityId this service provider's
 * @param receiver the address of the assertion consumer service
 */
public record SamlServiceMetadata(String entityId, String receiver) {
    public String xml() {
        return """
        <?xml version="1.0" encoding="UTF-8"?>
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
          <md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" \
        protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            <md:AssertionConsumerService \
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="0"/>
            <md:AssertionConsumerService \
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS" Location="%s" index="1"/>
          </md:SPSSODescriptor>
        </md:EntityDescriptor>
        """
                .formatted(
                        SamlXml.escaped(entityId),
                        SamlXml.escaped(receiver),
                        SamlXml.escaped(receiver));
    }
}
