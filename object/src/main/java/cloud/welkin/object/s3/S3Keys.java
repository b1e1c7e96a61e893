package cloud.welkin.object.s3;

import cloud.welkin.identity.ec2.KeySignatures;
import cloud.welkin.identity.ec2.KeySigned;
import cloud.welkin.kernel.policy.Caller;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Whose the keys are that requests are signed by. */
@FunctionalInterface
public interface S3Keys {
    /**
     * Somebody who signed.
     *
     * @param sign the signature of version 4 of another text by the same key, lower-case hex
     */
    record Signing(Caller caller, UnaryOperator<String> sign) {}

    /**
     * Who made the signature.
     *
     * @param day of the scope that more is signed for, its region and service; of no meaning for
     *     version 2
     * @throws cloud.welkin.kernel.failure.Failure 404 for an unknown key, 401 for a wrong signature
     */
    Signing signing(KeySigned signed, String day, String region, String service);

    /** The EC2 credentials of the identity service. */
    static S3Keys of(Supplier<KeySignatures> keys) {
        return (signed, day, region, service) -> {
            KeySignatures.Signing signing = keys.get().signing(signed, day, region, service);
            return new Signing(signing.session().caller(), signing.sign());
        };
    }
}
