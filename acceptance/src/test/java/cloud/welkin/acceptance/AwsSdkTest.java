package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;

/** Amazon's own client for Java, which signs its bodies chunk by chunk with checksums behind. */
@RealCloud
class AwsSdkTest {
    private final S3Client s3;
    private final String bucket = Names.fresh("sdk");

    AwsSdkTest(CloudUnderTest cloud) {
        JsonNode key = cloud.cli().json("ec2", "credentials", "create");
        s3 =
                S3Client.builder()
                        .endpointOverride(URI.create(cloud.origin()))
                        .region(Region.US_EAST_1)
                        .httpClient(UrlConnectionHttpClient.create())
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                key.path("access").asString(""),
                                                key.path("secret").asString(""))))
                        .serviceConfiguration(
                                S3Configuration.builder()
                                        .pathStyleAccessEnabled(true)
                                        .chunkedEncodingEnabled(true)
                                        .build())
                        .build();
        s3.createBucket(it -> it.bucket(bucket));
    }

    @AfterEach
    void close() {
        for (S3Object object : s3.listObjectsV2(it -> it.bucket(bucket)).contents()) {
            s3.deleteObject(it -> it.bucket(bucket).key(object.key()));
        }
        s3.deleteBucket(it -> it.bucket(bucket));
        s3.close();
    }

    @Test
    void bodiesWithChecksumsOfEachKindAreStoredAndVerified() {
        byte[] body = new byte[300_000];
        new Random(2).nextBytes(body);
        for (ChecksumAlgorithm algorithm :
                List.of(
                        ChecksumAlgorithm.CRC32,
                        ChecksumAlgorithm.CRC32_C,
                        ChecksumAlgorithm.SHA1,
                        ChecksumAlgorithm.SHA256)) {
            String key = "sum/" + algorithm;
            s3.putObject(
                    it -> it.bucket(bucket).key(key).checksumAlgorithm(algorithm),
                    RequestBody.fromBytes(body));
            assertThat(
                            s3.getObjectAsBytes(
                                            it ->
                                                    it.bucket(bucket)
                                                            .key(key)
                                                            .checksumMode("ENABLED"))
                                    .asByteArray())
                    .isEqualTo(body);
        }
        assertThat(s3.listObjectsV2(it -> it.bucket(bucket).prefix("sum/")).keyCount())
                .isEqualTo(4);
    }

    @Test
    void anObjectComesInPartsAndIsOne() {
        byte[] part = new byte[5 << 20];
        new Random(3).nextBytes(part);
        String upload = s3.createMultipartUpload(it -> it.bucket(bucket).key("parts")).uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            int which = number;
            String etag =
                    s3.uploadPart(
                                    it ->
                                            it.bucket(bucket)
                                                    .key("parts")
                                                    .uploadId(upload)
                                                    .partNumber(which),
                                    RequestBody.fromBytes(part))
                            .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }
        s3.completeMultipartUpload(
                it ->
                        it.bucket(bucket)
                                .key("parts")
                                .uploadId(upload)
                                .multipartUpload(all -> all.parts(parts)));
        assertThat(s3.headObject(it -> it.bucket(bucket).key("parts")).contentLength())
                .isEqualTo(2L * part.length);
    }

    @Test
    void whatIsNotThereIsToldAsAmazonTellsIt() {
        assertThatThrownBy(() -> s3.getObject(it -> it.bucket(bucket).key("none")))
                .isInstanceOf(NoSuchKeyException.class);
    }
}
