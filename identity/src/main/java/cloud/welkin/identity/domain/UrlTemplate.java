package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An endpoint's URL with the places where a token's project and user belong: {@code
 * $(project_id)s}, {@code $(tenant_id)s}, {@code $(user_id)s}, or with a percent sign. Read once,
 * filled in for every token.
 *
 * @see <a href="https://docs.openstack.org/keystone/latest/contributor/service-catalog.html">The
 *     catalogue's URLs</a>
 */
public final class UrlTemplate {
    private static final Pattern PLACE = Pattern.compile("[$%]\\((\\w+)\\)s");

    private sealed interface Part {
        record Text(String text) implements Part {}

        record Project() implements Part {}

        record User() implements Part {}

        record Unknown() implements Part {}
    }

    private final List<Part> parts;

    private UrlTemplate(List<Part> parts) {
        this.parts = parts;
    }

    public static UrlTemplate of(String url) {
        List<Part> parts = new ArrayList<>();
        Matcher places = PLACE.matcher(url);
        int end = 0;
        while (places.find()) {
            parts.add(new Part.Text(url.substring(end, places.start())));
            parts.add(
                    switch (places.group(1)) {
                        case "project_id", "tenant_id" -> new Part.Project();
                        case "user_id" -> new Part.User();
                        default -> new Part.Unknown();
                    });
            end = places.end();
        }
        parts.add(new Part.Text(url.substring(end)));
        return new UrlTemplate(List.copyOf(parts));
    }

    /** Empty when something belongs in it that there is not. */
    public Optional<String> filled(Optional<ProjectId> project, UserId user) {
        if (parts.size() == 1 && parts.getFirst() instanceof Part.Text(String all)) {
            return Optional.of(all);
        }
        StringBuilder url = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Text(String text) -> url.append(text);
                case Part.User() -> url.append(user.value());
                case Part.Project() when project.isPresent() -> url.append(project.get().value());
                case Part.Project(), Part.Unknown() -> {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(url.toString());
    }
}
