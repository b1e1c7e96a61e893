package cloud.welkin.identity.saml;

/**
 * What a service provider tells identity providers of itself (SAML metadata 2.0, section 2.4.4).
 *
 * @param entityId this service provider's
 * @param receiver the address where programs post responses
 * @param browsers the address where browsers do, which requests name
 * @param signer of the requests
 */
public record SamlServiceMetadata(
        String entityId, String receiver, String browsers, SamlSigner signer) {
    /** Of the two for forms some programs take the default, some the last: it is the same one. */
    public String xml() {
        return """
        <?xml version="1.0" encoding="UTF-8"?>
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
          <md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" \
        protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            %s
            <md:AssertionConsumerService \
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="1"/>
            <md:AssertionConsumerService \
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="0" \
        isDefault="true"/>
            <md:AssertionConsumerService \
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:PAOS" Location="%s" index="2"/>
          </md:SPSSODescriptor>
        </md:EntityDescriptor>
        """
                .formatted(
                        SamlXml.escaped(entityId),
                        signer.descriptors(),
                        SamlXml.escaped(receiver),
                        SamlXml.escaped(browsers),
                        SamlXml.escaped(receiver));
    }
}
