package cloud.welkin.identity.api;

import static cloud.welkin.identity.api.IdentityPolicy.ADMIN;
import static cloud.welkin.identity.api.IdentityPolicy.SYSTEM_READER;
import static cloud.welkin.identity.api.IdentityPolicy.rule;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/** Keystone's rules of EC2 credentials and of what is signed with them. */
final class SignaturePolicy {
    private static final String OWNER = "user_id:%(target.credential.user_id)s";
    private static final String MEMBER = ADMIN + " or (role:member and " + OWNER + ")";

    private SignaturePolicy() {}

    static List<PolicyRule> rules() {
        return List.of(
                rule(
                        "ec2_list_credentials",
                        SYSTEM_READER + " or user_id:%(target.user.id)s",
                        "List a user's EC2 credentials."),
                rule(
                        "ec2_get_credential",
                        SYSTEM_READER + " or " + OWNER,
                        "Show an EC2 credential."),
                rule("ec2_create_credential", MEMBER, "Create an EC2 credential."),
                rule("ec2_delete_credential", MEMBER, "Delete an EC2 credential."),
                rule(
                        "ec2tokens_validate",
                        ADMIN + " or role:service",
                        "Have a token for a signed EC2 request."),
                rule(
                        "s3tokens_validate",
                        ADMIN + " or role:service",
                        "Learn who signed an S3 request."));
    }
}
