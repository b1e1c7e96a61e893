package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.ProjectId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * A service in the catalogue.
 *
 * @param type the service type that clients look for: {@code compute}, {@code volumev3} …
 * @param path where it is under the cloud's origin
 * @param projectInPath whether the caller's project belongs at the end of the URL, as Cinder's
 *     older clients expect
 */
public record CatalogEntry(String type, String name, String path, boolean projectInPath) {
    public static final String REGION = "RegionOne";

    /** Stable over restarts and the same on every replica. */
    public String serviceId() {
        return id("service");
    }

    public String endpointId(String side) {
        return id(side);
    }

    private String id(String part) {
        return UUID.nameUUIDFromBytes((type + " " + part).getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }

    /** The endpoint's URL; empty when it needs a project and there is none. */
    public Optional<String> url(String origin, Optional<ProjectId> project) {
        return projectInPath
                ? project.map(id -> origin + path + "/" + id)
                : Optional.of(origin + path);
    }
}
