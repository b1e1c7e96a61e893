package cloud.welkin.image.api;

import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.Member;
import cloud.welkin.kernel.api.Times;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Images and members as Glance shows them: custom properties stand beside its own, so an image is a
 * map.
 */
final class ImageView {
    private ImageView() {}

    static Map<String, @Nullable Object> of(Image image) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>(image.properties());
        String self = "/v2/images/" + image.id();
        view.put("id", image.id().toString());
        view.put("name", image.name().orElse(null));
        view.put("disk_format", image.diskFormat().orElse(null));
        view.put("container_format", image.containerFormat().orElse(null));
        view.put("visibility", image.visibility());
        view.put("size", image.size().orElse(null));
        view.put("virtual_size", image.virtualSize().orElse(null));
        view.put("status", image.status().word());
        view.put("checksum", image.checksum().orElse(null));
        view.put("protected", image.guarded());
        view.put("min_ram", image.minRam());
        view.put("min_disk", image.minDisk());
        view.put("owner", image.owner());
        view.put("os_hidden", image.hidden());
        view.put("os_hash_algo", image.sha512().isPresent() ? "sha512" : null);
        view.put("os_hash_value", image.sha512().orElse(null));
        view.put("created_at", Times.seconds(image.createdAt()));
        view.put("updated_at", Times.seconds(image.updatedAt()));
        view.put("tags", image.tags());
        view.put("self", self);
        view.put("file", self + "/file");
        view.put("schema", "/v2/schemas/image");
        return view;
    }

    static Map<String, Object> of(Member member) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("member_id", member.project());
        view.put("image_id", member.image().toString());
        view.put("status", member.status());
        view.put("created_at", Times.seconds(member.createdAt()));
        view.put("updated_at", Times.seconds(member.updatedAt()));
        view.put("schema", "/v2/schemas/member");
        return view;
    }

    static Map<String, Object> ofMembers(List<Member> members) {
        return Map.of(
                "members",
                members.stream().map(ImageView::of).toList(),
                "schema",
                "/v2/schemas/members");
    }
}
