package cloud.welkin.identity.ec2;

import java.util.List;
import java.util.Set;

/**
 * The signature of an S3 request over a string that its receiver has made: HMAC-SHA1 (version 2),
 * or version 4 where the string names it, for the services that Keystone lets a key sign for.
 */
record S3Signature(String text, String signature) {
    private static final String VERSION_4 = "AWS4-HMAC-SHA256";
    private static final Set<String> SERVICES = Set.of("s3", "iam", "sts");

    boolean isMadeWith(String secret) {
        if (!text.startsWith("AWS4")) {
            return Hmac.same(Hmac.base64("HmacSHA1", secret, text), signature);
        }
        List<String> lines = List.of(text.split("\n", -1));
        if (lines.size() != 4 || !lines.getFirst().equals(VERSION_4)) {
            return false;
        }
        List<String> scope = List.of(lines.get(2).split("/", -1));
        return scope.size() == 4
                && scope.get(3).equals("aws4_request")
                && SERVICES.contains(scope.get(2))
                && Hmac.same(
                        Hmac.version4(secret, scope.get(0), scope.get(1), scope.get(2), text),
                        signature);
    }
}
