package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Debian's clients of Swift and S3: each stores, lists, resumes, verifies and deletes. */
@RealCloud
class ObjectClientsTest {
    private final CloudUnderTest cloud;
    private final Map<String, String> environment;

    @TempDir Path work;

    private Path data = Path.of("");

    ObjectClientsTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        environment =
                new HashMap<>(
                        OpenStackCli.environment(
                                cloud.origin(),
                                new Rest.User("admin", CloudUnderTest.ADMIN_PASSWORD, "admin")));
        environment.put("HOME", System.getProperty("java.io.tmpdir"));
    }

    @BeforeEach
    void files() throws IOException {
        data = work.resolve("data");
        Files.createDirectories(data.resolve("deep/er"));
        byte[] large = new byte[12 << 20];
        new Random(1).nextBytes(large);
        Files.write(data.resolve("large"), large);
        Files.writeString(data.resolve("small"), "hello");
        Files.write(data.resolve("empty"), new byte[0]);
        Files.writeString(data.resolve("deep/er/ä ö+%&"), "strange");
    }

    private Map<String, String> key() {
        JsonNode made = cloud.cli().json("ec2", "credentials", "create");
        return Map.of(
                "AWS_ACCESS_KEY_ID", made.path("access").asString(""),
                "AWS_SECRET_ACCESS_KEY", made.path("secret").asString(""));
    }

    /** What a client prints when it succeeds. */
    private String run(Map<String, String> more, String... words) {
        // A bundle of certificates that this machine names is nothing for plain HTTP.
        List<String> all = new ArrayList<>(List.of("env", "-u", "AWS_CA_BUNDLE"));
        all.addAll(List.of(words));
        return Command.of(all)
                .with(environment)
                .with(more)
                .within(Duration.ofMinutes(3))
                .run()
                .text();
    }

    private void assertSame(Path copy) {
        run(Map.of(), "diff", "-r", data.toString(), copy.toString());
    }

    @Test
    void swiftclientStoresInSegmentsResumesAndDeletes() throws IOException {
        String container = Names.fresh("container");
        String[] upload = {
            "swift",
            "upload",
            "--segment-size",
            "5M",
            "--use-slo",
            "--object-name",
            "in",
            container,
            data.toString()
        };
        run(Map.of(), upload);
        // What is there already is not sent again.
        assertThat(run(Map.of(), with(upload, "--skip-identical", "--changed")))
                .doesNotContain("segment");
        assertThat(run(Map.of(), "swift", "list", container))
                .contains("in/large", "in/deep/er/ä ö+%&");
        Path back = work.resolve("back");
        run(
                Map.of(),
                "swift",
                "download",
                container,
                "--prefix",
                "in",
                "--remove-prefix",
                "--output-dir",
                back.toString());
        assertSame(back);
        run(Map.of(), "swift", "delete", container);
        run(Map.of(), "swift", "delete", container + "_segments");
        assertThat(run(Map.of(), "swift", "list")).doesNotContain(container);
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(2, List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void rcloneChecksWhatItCopiedBySwift() {
        rclone(":swift,env_auth=true:" + Names.fresh("rclone"), Map.of());
    }

    @Test
    void rcloneChecksWhatItCopiedByS3() {
        rclone(
                ":s3,provider=Other,env_auth=true,upload_cutoff=5Mi,chunk_size=5Mi,endpoint='"
                        + cloud.origin()
                        + "':"
                        + Names.fresh("rclone"),
                key());
    }

    private void rclone(String remote, Map<String, String> key) {
        run(key, "rclone", "mkdir", remote);
        run(key, "rclone", "copy", data.toString(), remote + "/in");
        run(key, "rclone", "check", "--download", data.toString(), remote + "/in");
        run(key, "rclone", "sync", data.toString(), remote + "/in");
        run(key, "rclone", "moveto", remote + "/in/small", remote + "/in/moved");
        assertThat(run(key, "rclone", "cat", remote + "/in/moved")).isEqualTo("hello");
        run(key, "rclone", "purge", remote);
    }

    @Test
    void resticBacksUpChecksAndRestoresBySwift() {
        restic("swift:" + Names.fresh("restic") + ":/", Map.of());
    }

    @Test
    void resticBacksUpChecksAndRestoresByS3() {
        restic("s3:" + cloud.origin() + "/" + Names.fresh("restic"), key());
    }

    private void restic(String repository, Map<String, String> key) {
        Map<String, String> all = new HashMap<>(key);
        all.put("RESTIC_PASSWORD", "secret");
        all.put("RESTIC_REPOSITORY", repository);
        all.put("RESTIC_CACHE_DIR", work.resolve("cache").toString());
        run(all, "restic", "init");
        run(all, "restic", "backup", data.toString());
        run(all, "restic", "check", "--read-data");
        run(all, "restic", "restore", "latest", "--target", work.resolve("out").toString());
        assertSame(work.resolve("out" + data));
        run(all, "restic", "backup", data.toString());
        run(all, "restic", "forget", "--keep-last", "1", "--prune");
        run(all, "restic", "check");
    }

    @Test
    void s3cmdSynchronisesBothWays() throws IOException {
        Map<String, String> key = key();
        Path config = work.resolve("s3cfg");
        String host = cloud.origin().replace("http://", "");
        Files.writeString(
                config,
                """
                [default]
                access_key = %s
                secret_key = %s
                host_base = %s
                host_bucket = %s
                use_https = False
                """
                        .formatted(
                                key.get("AWS_ACCESS_KEY_ID"),
                                key.get("AWS_SECRET_ACCESS_KEY"),
                                host,
                                host));
        String bucket = "s3://" + Names.fresh("s3cmd");
        s3cmd(config, "mb", bucket);
        s3cmd(config, "sync", "--multipart-chunk-size-mb=5", data + "/", bucket + "/in/");
        assertThat(s3cmd(config, "sync", data + "/", bucket + "/in/")).doesNotContain("upload:");
        assertThat(s3cmd(config, "ls", "-r", bucket)).contains("in/large", "in/deep/er/");
        Path back = work.resolve("back");
        Files.createDirectory(back);
        s3cmd(config, "sync", bucket + "/in/", back + "/");
        assertSame(back);
        String signed = s3cmd(config, "signurl", bucket + "/in/small", "+600");
        assertThat(run(Map.of(), "curl", "-sf", signed)).isEqualTo("hello");
        s3cmd(config, "del", "-r", "--force", bucket);
        s3cmd(config, "rb", bucket);
    }

    private String s3cmd(Path config, String... words) {
        List<String> all = new ArrayList<>(List.of("s3cmd", "-c", config.toString()));
        all.addAll(List.of(words));
        return run(Map.of(), all.toArray(String[]::new));
    }

    @Test
    void botoUsesVersionsPoliciesPartsAndSignedUrls() {
        assertThat(
                        run(
                                key(),
                                "/usr/bin/python3",
                                KeptShell.resource("boto.py"),
                                cloud.origin(),
                                Names.fresh("boto")))
                .endsWith("all as it should be");
    }
}
