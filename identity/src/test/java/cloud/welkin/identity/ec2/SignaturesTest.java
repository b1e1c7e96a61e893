package cloud.welkin.identity.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against what the signer of Keystone's own client makes of the same requests. */
class SignaturesTest {
    private static final String SECRET = "66afbb15c6ac4a5d9b4fa2d6a2d4a7d8";
    private static final String BODY_HASH =
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private static final Map<String, String> PARAMS =
            Map.of(
                    "Action", "Describe Things*~",
                    "Timestamp", "2026-01-02T03:04:05Z",
                    "Zoë", "a/b c",
                    "limit", "5",
                    "AWSAccessKeyId", "key");
    private static final Map<String, String> HEADERS =
            Map.of(
                    "Host", "cloud.example:8780",
                    "X-Amz-Date", "20260102T030405Z",
                    "Content-Type", "text/plain",
                    "Authorization",
                            "AWS4-HMAC-SHA256 Credential=key/20260102/RegionOne/ec2/aws4_request,"
                                    + " SignedHeaders=content-type;host;x-amz-date, Signature=x");

    private static boolean early(String version, String signature) {
        Map<String, String> params = new HashMap<>(PARAMS);
        params.put("SignatureVersion", version);
        return new KeySigned.Ec2(
                        "key",
                        signature,
                        "GET",
                        "cloud.example:8780",
                        "/services/Cloud",
                        params,
                        Map.of(),
                        "")
                .signedWith(SECRET);
    }

    private static boolean version4(
            String verb, Map<String, String> params, Map<String, String> headers, String sign) {
        return new KeySigned.Ec2("key", sign, verb, "h", "/p", params, headers, BODY_HASH)
                .signedWith(SECRET);
    }

    @Test
    void versions0To2AreThoseOfKeystonesClient() {
        assertThat(early("0", "1qu5Mtu5NK0XHfnxnMX8nM3KMMw=")).isTrue();
        assertThat(early("1", "NexPvWfMEA+IEz50FhpfyF1q3nY=")).isTrue();
        assertThat(early("2", "52W7lR2zWwcFUlOPXx6XUUuw/mLugJwB5+ot8nu8lC8=")).isTrue();
        assertThat(early("1", "1qu5Mtu5NK0XHfnxnMX8nM3KMMw=")).isFalse();
        assertThat(early("3", "1qu5Mtu5NK0XHfnxnMX8nM3KMMw=")).isFalse();
        assertThat(early("", "1qu5Mtu5NK0XHfnxnMX8nM3KMMw=")).isFalse();
    }

    @Test
    void aHostMayBeSignedWithoutItsPort() {
        assertThat(early("2", "NIZLtQD2M2XNGWSUje3DQBGd3mr/4RhRqETdlyh49hU=")).isTrue();
    }

    @Test
    void version4IsThatOfKeystonesClient() {
        Map<String, String> params = Map.of("a b", "x y", "A", "1");
        String get = "13eadbd416951e709ee8a202397960583964e56aa1fceb1a27f693bdd22d9354";
        assertThat(version4("GET", params, HEADERS, get)).isTrue();
        assertThat(version4("get", params, HEADERS, get)).isTrue();
        assertThat(version4("GET", Map.of("a b", "x y", "A", "2"), HEADERS, get)).isFalse();
        String post = "ace1a746123932cc91f7023a4ae7201ae3586841975e929603cabb7fcf094a60";
        assertThat(version4("POST", params, HEADERS, post)).isTrue();
    }

    @Test
    void version4MayStandInTheQuery() {
        Map<String, String> params =
                Map.of(
                        "X-Amz-Algorithm", "AWS4-HMAC-SHA256",
                        "X-Amz-Credential", "key/20260102/RegionOne/ec2/aws4_request",
                        "X-Amz-Date", "20260102T030405Z",
                        "X-Amz-SignedHeaders", "host");
        String signature = "030c3ce32cb83ea93969c962dceb4d74242174b444af7dcde0c9baf80283029b";
        assertThat(version4("GET", params, Map.of("Host", "cloud.example"), signature)).isTrue();
        assertThat(version4("GET", params, Map.of("Host", "cloud.other"), signature)).isFalse();
    }

    @Test
    void anOldBotoSignsTheHeaderHostWithoutThePort() {
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.put("User-Agent", "Boto/2.9.2 (linux2)");
        String signature = "ad5eff3f582c46566de164bb15617821ccbc13299cece672c8c439587b60e4b3";
        assertThat(version4("GET", Map.of(), headers, signature)).isTrue();
        assertThat(version4("GET", Map.of(), HEADERS, signature)).isFalse();
    }

    @Test
    void aHeaderThatIsThereTwiceIsSignedByNobody() {
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.put("x-amz-date", "20990102T030405Z");
        String post = "ace1a746123932cc91f7023a4ae7201ae3586841975e929603cabb7fcf094a60";
        assertThat(version4("POST", Map.of(), headers, post)).isFalse();
    }

    @Test
    void theDayOfVersion4IsThatOfItsScope() {
        Map<String, String> headers = new HashMap<>(HEADERS);
        headers.put("X-Amz-Date", "20260103T030405Z");
        assertThat(version4("POST", Map.of(), headers, "x")).isFalse();
        assertThat(version4("POST", Map.of(), Map.of("Authorization", "AWS4-HMAC-SHA256"), "x"))
                .isFalse();
    }

    @Test
    void whatAnObjectStoreHasMadeOfARequestIsCheckedAsItIs() {
        String two = "GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/bucket/kéy";
        assertThat(new S3Signature(two, "cNbetLVXKBf1uZVYLXc9PJztOZU=").isMadeWith(SECRET))
                .isTrue();
        assertThat(new S3Signature(two + "x", "cNbetLVXKBf1uZVYLXc9PJztOZU=").isMadeWith(SECRET))
                .isFalse();
        String four = "AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/RegionOne/%s\n" + BODY_HASH;
        String signature = "ae9e7f21ae7cb4133c34334698ca5e357b642129f696b154dfa560587c080a06";
        assertThat(new S3Signature(four.formatted("s3/aws4_request"), signature).isMadeWith(SECRET))
                .isTrue();
        for (String scope : new String[] {"ec2/aws4_request", "s3/aws4", "s3", ""}) {
            assertThat(new S3Signature(four.formatted(scope), signature).isMadeWith(SECRET))
                    .isFalse();
        }
        assertThat(new S3Signature("AWS4-HMAC-SHA256", signature).isMadeWith(SECRET)).isFalse();
    }
}
