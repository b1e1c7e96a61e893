package cloud.welkin.object.domain;

import java.time.Instant;
import java.util.Map;

/**
 * What a project has in the object service.
 *
 * @param name {@code AUTH_} and the project's id
 * @param headers what was said about it by headers, under their lower-case names
 */
public record Account(long id, String name, Map<String, String> headers, Instant createdAt) {}
