package cloud.welkin.network.api;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The bodies of requests about security groups and their rules. */
final class SecurityGroupBodies {
    private SecurityGroupBodies() {}

    record CreateGroup(@JsonProperty("security_group") Field<NewGroup> group) {}

    record NewGroup(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<String> projectId,
            Field<String> tenantId,
            Field<Boolean> stateful,
            Field<List<String>> tags) {}

    record UpdateGroup(@JsonProperty("security_group") ChangedGroup group) {}

    record ChangedGroup(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<Boolean> stateful) {}

    record CreateRule(
            @JsonProperty("security_group_rule") Field<NewRule> rule,
            @JsonProperty("security_group_rules") Field<List<NewRule>> rules) {}

    /** Neutron takes numbers for protocol and ports as numbers or as texts. */
    record NewRule(
            String securityGroupId,
            @OneOf({"ingress", "egress"}) String direction,
            Field<String> ethertype,
            Field<JsonNode> protocol,
            Field<JsonNode> portRangeMin,
            Field<JsonNode> portRangeMax,
            Field<String> remoteGroupId,
            Field<String> remoteAddressGroupId,
            @Length(max = 64) Field<String> remoteIpPrefix,
            @Length(max = 255) Field<String> description,
            Field<String> projectId,
            Field<String> tenantId) {}
}
