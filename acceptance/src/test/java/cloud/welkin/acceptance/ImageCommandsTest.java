package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@RealCloud
class ImageCommandsTest {
    private final OpenStackCli cli;

    @TempDir Path work;

    ImageCommandsTest(CloudUnderTest cloud) {
        this.cli = cloud.cli();
    }

    @Test
    void whatIsSavedIsByteForByteWhatWasUploaded() throws IOException {
        String name = Names.fresh("image");
        create(name, "qcow2", "bare", GuestImage.qcow2());
        Path saved = work.resolve("saved");
        cli.run("image", "save", "--file", saved.toString(), name);
        assertThat(Files.mismatch(saved, GuestImage.qcow2())).isEqualTo(-1);
        cli.run("image", "delete", name);
        assertThat(cli.column("Name", "image", "list")).doesNotContain(name);
    }

    @Test
    void rawImagesAreTakenAsTheyAre() throws IOException {
        String name = Names.fresh("image");
        Path raw = work.resolve("raw");
        Files.write(raw, new byte[3 << 20]);
        create(name, "raw", "bare", raw);
        JsonNode shown = cli.json("image", "show", name);
        assertThat(shown.path("status").asString("")).isEqualTo("active");
        assertThat(shown.path("size").asLong(-1)).isEqualTo(3 << 20);
        cli.run("image", "delete", name);
    }

    @Test
    void kernelRamdiskAndRootAreThreeImagesThatBelongTogether() {
        String kernel = Names.fresh("aki");
        String ramdisk = Names.fresh("ari");
        String root = Names.fresh("ami");
        create(kernel, "aki", "aki", GuestImage.kernel());
        create(ramdisk, "ari", "ari", GuestImage.ramdisk());
        create(root, "ami", "ami", GuestImage.root());
        String kernelId = cli.json("image", "show", kernel).path("id").asString("");
        cli.run("image", "set", "--property", "kernel_id=" + kernelId, root);
        assertThat(cli.json("image", "show", root).toString()).contains(kernelId);
        cli.run("image", "delete", kernel, ramdisk, root);
    }

    @Test
    void propertiesTagsAndLimitsAreSetAndUnset() throws IOException {
        String name = Names.fresh("image");
        Path raw = work.resolve("raw");
        Files.write(raw, new byte[512]);
        create(name, "raw", "bare", raw);
        cli.run(
                "image",
                "set",
                "--property",
                "os_distro=debian",
                "--tag",
                "blue",
                "--min-ram",
                "64",
                name);
        JsonNode shown = cli.json("image", "show", name);
        assertThat(shown.path("min_ram").asInt(-1)).isEqualTo(64);
        assertThat(shown.toString()).contains("debian", "blue");
        cli.run("image", "unset", "--property", "os_distro", "--tag", "blue", name);
        assertThat(cli.json("image", "show", name).toString()).doesNotContain("debian");
        cli.run("image", "delete", name);
    }

    @Test
    void aProtectedImageIsNotDeleted() throws IOException {
        String name = Names.fresh("image");
        Path raw = work.resolve("raw");
        Files.write(raw, new byte[512]);
        create(name, "raw", "bare", raw);
        cli.run("image", "set", "--protected", name);
        assertThat(cli.attempt("image", "delete", name).ok()).isFalse();
        cli.run("image", "set", "--unprotected", name);
        cli.run("image", "delete", name);
    }

    private void create(String name, String disk, String container, Path file) {
        cli.run(
                "image",
                "create",
                "--disk-format",
                disk,
                "--container-format",
                container,
                "--file",
                file.toString(),
                name);
    }
}
