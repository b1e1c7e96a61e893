package cloud.welkin.object.s3;

import java.util.Map;
import java.util.TreeMap;

/** Tags as documents have them. */
final class Tags {
    private Tags() {}

    static Map<String, String> read(byte[] document) {
        Map<String, String> tags = new TreeMap<>();
        Xml.Part set =
                Xml.read(document, "Tagging")
                        .first("TagSet")
                        .orElseThrow(S3Code.MalformedXML::failure);
        for (Xml.Part tag : set.all("Tag")) {
            if (tags.put(tag.require("Key"), tag.require("Value")) != null) {
                throw S3Code.InvalidArgument.failure("A tag is there twice.");
            }
        }
        return KeptHeaders.checked(tags);
    }

    /**
     * @param kept as {@link KeptHeaders#written}
     */
    static Xml written(String kept) {
        Map<String, String> tags = kept.isEmpty() ? Map.of() : KeptHeaders.tags(kept);
        return new Xml("Tagging", Xml.NAMESPACE)
                .in(
                        "TagSet",
                        set ->
                                tags.forEach(
                                        (key, value) ->
                                                set.in(
                                                        "Tag",
                                                        tag ->
                                                                tag.text("Key", key)
                                                                        .text("Value", value))));
    }
}
