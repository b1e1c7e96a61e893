package cloud.welkin.server;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Bootstrap;
import cloud.welkin.image.ImageService;
import cloud.welkin.image.Images.NewImage;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The image {@code welkin-guest} of a new cloud, from the file that guest/build made, where there
 * is one.
 */
final class FirstImage {
    private static final Logger log = LoggerFactory.getLogger(FirstImage.class);
    private static final String NAME = "welkin-guest";

    private FirstImage() {}

    static void make(Database database, ImageService images, Bootstrap.Made made) {
        Optional.ofNullable(System.getProperty("welkin.top"))
                .map(top -> Path.of(top).resolve("guest/target/welkin-guest.qcow2"))
                .filter(Files::exists)
                .ifPresentOrElse(
                        file -> make(database, images, made, file),
                        () ->
                                log.info(
                                        "there is no guest/target/welkin-guest.qcow2 to make the image {}"
                                                + " from",
                                        NAME));
    }

    /** Before anybody else can make an image; begins anew where an earlier start was killed. */
    static void make(Database database, ImageService images, Bootstrap.Made made, Path file) {
        UUID id = begin(database, images, made);
        try {
            Files.copy(file, images.incoming(id), StandardCopyOption.REPLACE_EXISTING);
            images.takeIn(id);
            database.change(tx -> images.publish(tx, id));
        } catch (IOException e) {
            log.warn("the image {} could not be made", NAME, e);
            database.change(tx -> images.giveUp(tx, id));
        }
    }

    /** The image's row, in place of those that earlier starts have made and nobody has seen. */
    static UUID begin(Database database, ImageService images, Bootstrap.Made made) {
        return database.write(
                tx -> {
                    images.named(tx, made.adminProject(), NAME)
                            .forEach(begun -> images.giveUp(tx, begun));
                    return images.create(
                            tx, admin(made), new NewImage(NAME, "qcow2", "bare", 0, 0, Map.of()));
                });
    }

    static Caller admin(Bootstrap.Made made) {
        return new Caller(
                made.admin(),
                cloud.welkin.kernel.id.DomainId.DEFAULT,
                new Scope.Project(made.adminProject(), cloud.welkin.kernel.id.DomainId.DEFAULT),
                Set.of("admin", "member", "reader"),
                Set.of(),
                new Caller.Token("", "first-image", Optional.empty()));
    }
}
