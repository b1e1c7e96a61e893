package cloud.welkin.object.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A container of objects.
 *
 * @param policy the storage policy that its objects are kept by, for good
 * @param headers what was said about it by headers, under their lower-case names
 */
public record Container(
        long id,
        long account,
        String name,
        String policy,
        Map<String, String> headers,
        Instant createdAt,
        Instant updatedAt) {
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).filter(value -> !value.isEmpty());
    }
}
