package cloud.welkin.network.api;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The bodies of requests about ports. */
final class PortBodies {
    private PortBodies() {}

    record CreatePort(Field<NewPort> port, Field<List<NewPort>> ports) {}

    record FixedIpBody(
            @Length(max = 64) Field<String> subnetId, @Length(max = 64) Field<String> ipAddress) {}

    record PairBody(
            @Length(max = 64) Field<String> ipAddress,
            @Length(max = 20) Field<String> macAddress) {}

    record OptionBody(
            @Length(max = 64) String optName,
            @Length(max = 255) Field<String> optValue,
            @Between(min = 4, max = 6) Field<Integer> ipVersion) {}

    record NewPort(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<String> projectId,
            Field<String> tenantId,
            String networkId,
            @Length(max = 20) Field<String> macAddress,
            Field<Boolean> adminStateUp,
            @Length(max = 255) Field<String> deviceId,
            @Length(max = 255) Field<String> deviceOwner,
            @Items(max = 50) Field<List<FixedIpBody>> fixedIps,
            @Items(max = 50) Field<List<String>> securityGroups,
            Field<Boolean> portSecurityEnabled,
            @Items(max = 50) Field<List<PairBody>> allowedAddressPairs,
            @Items(max = 50) Field<List<OptionBody>> extraDhcpOpts,
            @Length(max = 255) Field<String> dnsName,
            @JsonProperty("binding:host_id") @Length(max = 255) Field<String> host,
            @JsonProperty("binding:vnic_type") @OneOf({"normal"}) Field<String> vnicType,
            @JsonProperty("binding:profile") Field<JsonNode> profile,
            Field<List<String>> tags) {}

    record UpdatePort(ChangedPort port) {}

    record ChangedPort(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            @Length(max = 20) Field<String> macAddress,
            Field<Boolean> adminStateUp,
            @Length(max = 255) Field<String> deviceId,
            @Length(max = 255) Field<String> deviceOwner,
            @Items(max = 50) Field<List<FixedIpBody>> fixedIps,
            @Items(max = 50) Field<List<String>> securityGroups,
            Field<Boolean> portSecurityEnabled,
            @Items(max = 50) Field<List<PairBody>> allowedAddressPairs,
            @Items(max = 50) Field<List<OptionBody>> extraDhcpOpts,
            @Length(max = 255) Field<String> dnsName,
            @JsonProperty("binding:host_id") @Length(max = 255) Field<String> host,
            @JsonProperty("binding:vnic_type") @OneOf({"normal"}) Field<String> vnicType,
            @JsonProperty("binding:profile") Field<JsonNode> profile) {}
}
