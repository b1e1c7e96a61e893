package cloud.welkin.object.s3;

import cloud.welkin.object.domain.Bucket;
import java.util.Optional;

/**
 * Access lists as S3 has them. They are kept by the names of the canned ones: a document of grants
 * is taken when it says no more than one of those does. Finer rules are a bucket policy's.
 */
final class AccessLists {
    private static final String EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers";
    private static final String USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

    private AccessLists() {}

    /**
     * The list that a request sets, by its header or its document.
     *
     * @throws cloud.welkin.kernel.failure.Failure NotImplemented for grants to somebody by name
     */
    static CannedAcl read(byte[] document, Sender sender) {
        Optional<String> canned = sender.call().header("x-amz-acl");
        if (canned.isPresent()) {
            return CannedAcl.require(canned.get());
        }
        boolean anybodyReads = false;
        boolean anybodyWrites = false;
        boolean usersRead = false;
        Xml.Part list =
                Xml.read(document, "AccessControlPolicy")
                        .first("AccessControlList")
                        .orElseThrow(S3Code.MalformedXML::failure);
        for (Xml.Part grant : list.all("Grant")) {
            String uri = grant.first("Grantee").flatMap(it -> it.text("URI")).orElse("");
            String permission = grant.require("Permission");
            if (uri.equals(EVERYBODY)) {
                anybodyReads |= permission.equals("READ");
                anybodyWrites |= permission.equals("WRITE");
            } else if (uri.equals(USERS)) {
                usersRead |= permission.equals("READ");
            } else if (!permission.equals("FULL_CONTROL")) {
                throw S3Code.NotImplemented.failure(
                        "Grants to single users are a bucket policy's.");
            }
        }
        if (anybodyWrites) {
            return CannedAcl.PUBLIC_READ_WRITE;
        }
        return anybodyReads
                ? CannedAcl.PUBLIC_READ
                : usersRead ? CannedAcl.AUTHENTICATED_READ : CannedAcl.PRIVATE;
    }

    static Xml written(Bucket bucket, Optional<String> kept) {
        CannedAcl list = kept.map(CannedAcl::require).orElse(CannedAcl.PRIVATE);
        String owner = bucket.project();
        return new Xml("AccessControlPolicy", Xml.NAMESPACE)
                .in("Owner", it -> it.text("ID", owner).text("DisplayName", owner))
                .in(
                        "AccessControlList",
                        grants -> {
                            grants.in(
                                    "Grant",
                                    grant ->
                                            grant.typed(
                                                            "Grantee",
                                                            "CanonicalUser",
                                                            it ->
                                                                    it.text("ID", owner)
                                                                            .text(
                                                                                    "DisplayName",
                                                                                    owner))
                                                    .text("Permission", "FULL_CONTROL"));
                            if (list.admits(false, false)) {
                                group(grants, EVERYBODY, "READ");
                            } else if (list.admits(false, true)) {
                                group(grants, USERS, "READ");
                            }
                            if (list.admits(true, false)) {
                                group(grants, EVERYBODY, "WRITE");
                            }
                        });
    }

    private static void group(Xml grants, String uri, String permission) {
        grants.in(
                "Grant",
                grant ->
                        grant.typed("Grantee", "Group", it -> it.text("URI", uri))
                                .text("Permission", permission));
    }
}
