package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.object.domain.KeyedSignature;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.SegmentList;
import cloud.welkin.object.work.Uploads;
import cloud.welkin.object.work.Versions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What this object service can do and what its limits are: Swift's {@code /info}. */
public final class DiscoveryOperations implements OperationGroup {
    /** The release of Swift whose API this is. */
    private static final String VERSION = "2.37.0";

    private static Map<String, Object> info() {
        Map<String, Object> info = new TreeMap<>(LIMITS);
        for (String feature :
                List.of(
                        "account_quotas",
                        "container_quotas",
                        "crossdomain",
                        "formpost",
                        "healthcheck",
                        "object_versioning",
                        "staticweb")) {
            info.put(feature, Map.of());
        }
        info.put("symlink", Map.of("symloop_max", Symlinks.MOST_HOPS, "static_links", true));
        info.put(
                "bulk_upload",
                Map.of(
                        "max_containers_per_extraction",
                        ArchiveUpload.MOST_CONTAINERS,
                        "max_failed_extractions",
                        ArchiveUpload.MOST_FAILED));
        return info;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("")
                        .openToAll()
                        .anyParam()
                        .doc("Tells features and limits.")
                        .reads((call, tx) -> Reply.of(info())));
    }

    private static final Map<String, Object> LIMITS =
            Map.of(
                    "swift",
                    Map.ofEntries(
                            Map.entry("version", VERSION),
                            Map.entry("strict_cors_mode", true),
                            Map.entry(
                                    "policies",
                                    List.of(
                                            Map.of(
                                                    "name",
                                                    Bodies.DEFAULT_POLICY,
                                                    "aliases",
                                                    Bodies.DEFAULT_POLICY,
                                                    "default",
                                                    true))),
                            Map.entry("allow_account_management", true),
                            Map.entry("account_autocreate", true),
                            Map.entry("max_file_size", Uploads.LARGEST),
                            Map.entry("max_meta_name_length", Metadata.LONGEST_NAME),
                            Map.entry("max_meta_value_length", Metadata.LONGEST_VALUE),
                            Map.entry("max_meta_count", Metadata.MOST),
                            Map.entry("max_meta_overall_size", Metadata.LARGEST),
                            Map.entry("max_header_size", 8192),
                            Map.entry("max_object_name_length", 1024),
                            Map.entry("max_container_name_length", 256),
                            Map.entry("max_account_name_length", 256),
                            Map.entry("container_listing_limit", Listings.MOST),
                            Map.entry("account_listing_limit", Listings.MOST),
                            Map.entry("extra_header_count", 0)),
                    "tempurl",
                    Map.of(
                            "methods",
                            List.of("GET", "HEAD", "PUT", "POST", "DELETE"),
                            "allowed_digests",
                            KeyedSignature.DIGESTS,
                            "deprecated_digests",
                            List.of("sha1"),
                            "incoming_remove_headers",
                            List.of("x-timestamp"),
                            "outgoing_allow_headers",
                            List.of("x-object-meta-public-*"),
                            "outgoing_remove_headers",
                            List.of("x-object-meta-*"),
                            "incoming_allow_headers",
                            List.of()),
                    "versioned_writes",
                    Map.of("allowed_flags", List.of(Versions.STACK, Versions.HISTORY)),
                    "slo",
                    Map.of(
                            "max_manifest_segments",
                            SegmentList.MOST,
                            "max_manifest_size",
                            SegmentList.LARGEST,
                            "min_segment_size",
                            1),
                    "bulk_delete",
                    Map.of("max_deletes_per_request", 10_000, "max_failed_deletes", 10_000),
                    "dlo",
                    Map.of("max_segments", 10_000));
}
