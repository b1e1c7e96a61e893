package cloud.welkin.network.api;

import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.Refusals;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** How texts of bodies become values, refused in Neutron's way where they cannot. */
final class Texts {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_TAG = 255;
    private static final int MOST_TAGS = 50;

    private Texts() {}

    /** A name or description: at most 255 characters. */
    static String name(String field, String text) {
        if (text.codePointCount(0, text.length()) > LONGEST_NAME) {
            throw Refusals.wrong(
                    field,
                    "'" + text.substring(0, 50) + "…' exceeds maximum length of " + LONGEST_NAME);
        }
        return text;
    }

    static Field<String> name(String field, Field<String> text) {
        return text.map(value -> name(field, value));
    }

    static Ip ip(String field, String text) {
        return Ip.parse(text)
                .orElseThrow(
                        () ->
                                Refusals.wrong(
                                        field, "'" + cut(text) + "' is not a valid IP address"));
    }

    static Mac mac(String field, String text) {
        Mac mac =
                Mac.parse(text)
                        .orElseThrow(
                                () ->
                                        Refusals.wrong(
                                                field,
                                                "'" + cut(text) + "' is not a valid MAC address"));
        if (mac.number() == 0 || mac.isMulticast()) {
            throw Refusals.wrong(field, "'" + text + "' is not a valid MAC address");
        }
        return mac;
    }

    static UUID uuid(String field, String text) {
        return Ids.uuid(text)
                .orElseThrow(
                        () -> Refusals.wrong(field, "'" + cut(text) + "' is not a valid UUID"));
    }

    static List<UUID> uuids(String field, List<String> texts) {
        return texts.stream().map(text -> uuid(field, text)).distinct().toList();
    }

    static List<String> tags(List<String> tags) {
        for (String tag : tags) {
            tag(tag);
        }
        List<String> once = tags.stream().distinct().toList();
        if (once.size() > MOST_TAGS) {
            throw Refusals.wrong("tags", "there are more than " + MOST_TAGS);
        }
        return once;
    }

    static String tag(String tag) {
        if (tag.isEmpty()
                || tag.codePointCount(0, tag.length()) > LONGEST_TAG
                || tag.indexOf(',') >= 0) {
            throw Refusals.wrong("tags", "'" + cut(tag) + "' is not a valid tag");
        }
        return tag;
    }

    /**
     * The project that a new thing shall belong to: another than the caller's only for admins,
     * which the policy says.
     */
    static ProjectId project(Caller caller, Field<String> projectId, Field<String> tenantId) {
        Optional<String> named = projectId.given().or(tenantId::given);
        return named.map(ProjectId::new).orElseGet(caller::requireProject);
    }

    static String cut(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }
}
