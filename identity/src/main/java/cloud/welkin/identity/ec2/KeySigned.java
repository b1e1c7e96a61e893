package cloud.welkin.identity.ec2;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to some service that its sender signed with the secret of an EC2 credential, as the
 * service saw it.
 */
public sealed interface KeySigned {
    /** The access key, which names the credential. */
    String access();

    /** As it came: base64, or hex for version 4. */
    String signature();

    /** When it was signed, as far as the request says so: ISO 8601, extended or basic. */
    Optional<String> stamp();

    /** Until when the sender wants it to be good; version 2 alone has that. */
    default Optional<String> end() {
        return Optional.empty();
    }

    /** Whether the signature was made with this secret; takes as long for a wrong one. */
    boolean signedWith(String secret);

    /**
     * A request of the EC2 API, of which the parts are known; the string that was signed is made
     * from them here (signature versions 0, 1, 2 and 4).
     *
     * @param host as the sender may have called it: with the port, or without it
     * @param params of the query or the form, without the signature
     * @param bodyHash SHA-256 of the body, hex; version 4 alone signs it
     */
    record Ec2(
            String access,
            String signature,
            String verb,
            String host,
            String path,
            Map<String, String> params,
            Map<String, String> headers,
            String bodyHash)
            implements KeySigned {
        public Ec2 {
            params = Map.copyOf(params);
            headers = Map.copyOf(headers);
        }

        /**
         * What was signed: of version 4 its own date and no other parameter, which could stand in a
         * body that is signed by its hash alone (OSSA-2020-003).
         */
        @Override
        public Optional<String> stamp() {
            return new Ec2Signature(this).stamp();
        }

        @Override
        public Optional<String> end() {
            return new Ec2Signature(this).isVersion4()
                    ? Optional.empty()
                    : Optional.ofNullable(params.get("Expires"));
        }

        @Override
        public boolean signedWith(String secret) {
            return new Ec2Signature(this).isMadeWith(secret);
        }

        @Override
        public String toString() {
            return "Ec2[" + access + "]";
        }
    }

    /**
     * A request of the S3 API, of which the string that was signed is known (versions 2 and 4).
     * Whether it is too old is the object store's to say: signed URLs have an age of their own.
     *
     * @param text what was signed
     * @param stamp what the object store wants to be checked beside
     */
    record S3(String access, String signature, String text, Optional<String> stamp)
            implements KeySigned {
        @Override
        public boolean signedWith(String secret) {
            return new S3Signature(text, signature).isMadeWith(secret);
        }

        @Override
        public String toString() {
            return "S3[" + access + "]";
        }
    }

    /**
     * A form that a browser posts to the S3 API, of which the policy alone was signed (version 4).
     *
     * @param policy as it came, base64
     * @param scope day, region, service and the word that ends it
     */
    record S3Form(String access, String signature, String policy, List<String> scope)
            implements KeySigned {
        public S3Form {
            scope = List.copyOf(scope);
        }

        /** A policy says itself until when it is good. */
        @Override
        public Optional<String> stamp() {
            return Optional.empty();
        }

        @Override
        public boolean signedWith(String secret) {
            return scope.size() == 4
                    && scope.get(2).equals("s3")
                    && scope.get(3).equals("aws4_request")
                    && Hmac.same(
                            Hmac.version4(secret, scope.get(0), scope.get(1), scope.get(2), policy),
                            signature);
        }

        @Override
        public String toString() {
            return "S3Form[" + access + "]";
        }
    }
}
