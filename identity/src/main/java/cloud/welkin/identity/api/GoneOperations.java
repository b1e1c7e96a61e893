package cloud.welkin.identity.api;

import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.util.List;

/**
 * What Keystone's reference still names and Keystone itself answers with 410: certificates and
 * lists of tokens that were documents signed with a key (PKI), which there are no more.
 */
final class GoneOperations implements OperationGroup {
    private static final String SIGNED =
            "This API is no longer available due to the removal of support for PKI tokens.";
    private static final String LIST =
            "The service you have requested is no longer available on this server.";

    @Override
    public List<Operation> operations() {
        return List.of(
                gone("/OS-SIMPLE-CERT/ca", SIGNED),
                gone("/OS-SIMPLE-CERT/certificates", SIGNED),
                gone("/auth/tokens/OS-PKI/revoked", LIST));
    }

    private static Operation gone(String path, String why) {
        return Operation.get(path)
                .openToAll()
                .doc("No longer available (410), as in Keystone.")
                .anyParam()
                .reads(
                        (call, tx) -> {
                            throw new Failure(FailureKind.GONE, "Gone", why);
                        });
    }
}
