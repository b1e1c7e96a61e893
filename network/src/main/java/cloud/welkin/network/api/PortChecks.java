package cloud.welkin.network.api;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.api.PortBodies.FixedIpBody;
import cloud.welkin.network.api.PortBodies.OptionBody;
import cloud.welkin.network.api.PortBodies.PairBody;
import cloud.welkin.network.api.PortWish.Wanted;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.DhcpNames;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.PortRow.AddressPair;
import cloud.welkin.network.domain.PortRow.DhcpOption;
import cloud.welkin.network.domain.Refusals;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Parts of a port as clients write them, made into what rows hold; refusals have Neutron's names.
 */
final class PortChecks {
    private static final Pattern DNS_NAME =
            Pattern.compile("([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.?)*");

    private PortChecks() {}

    static List<Wanted> fixedIps(List<FixedIpBody> bodies) {
        List<Wanted> wanted = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (FixedIpBody body : bodies) {
            Wanted one =
                    new Wanted(
                            body.subnetId().given().map(text -> Texts.uuid("fixed_ips", text)),
                            body.ipAddress().given().map(text -> Texts.ip("fixed_ips", text)));
            if (one.ip().isPresent() && !seen.add(one.ip().get())) {
                throw Refusals.wrong("fixed_ips", "Duplicate IP address '" + one.ip().get() + "'");
            }
            wanted.add(one);
        }
        return wanted;
    }

    static List<AddressPair> pairs(List<PairBody> bodies, Mac own) {
        List<AddressPair> pairs = new ArrayList<>();
        for (PairBody body : bodies) {
            String text =
                    body.ipAddress()
                            .given()
                            .orElseThrow(
                                    () ->
                                            Refusals.bad(
                                                    "AllowedAddressPairsMissingIP",
                                                    "Invalid input for operation: AllowedAddressPair must contain"
                                                            + " ip_address."));
            Cidr cidr =
                    Cidr.parse(text)
                            .orElseThrow(
                                    () ->
                                            Refusals.wrong(
                                                    "allowed_address_pairs",
                                                    "'" + Texts.cut(text) + "' is not an address"));
            String canonical = text.contains("/") ? cidr.toString() : cidr.first().toString();
            Mac mac =
                    body.macAddress()
                            .given()
                            .map(m -> Texts.mac("allowed_address_pairs", m))
                            .orElse(own);
            AddressPair pair = new AddressPair(canonical, mac.toString());
            if (pairs.contains(pair)) {
                throw Refusals.bad(
                        "DuplicateAddressPairInRequest",
                        "Invalid input for operation: Request contains duplicate address pair: mac_address %s ip_address"
                                + " %s.",
                        pair.macAddress(),
                        pair.ipAddress());
            }
            pairs.add(pair);
        }
        return pairs;
    }

    static List<DhcpOption> options(List<OptionBody> bodies) {
        List<DhcpOption> options = new ArrayList<>();
        for (OptionBody body : bodies) {
            if (body.optName().isBlank()) {
                throw Refusals.wrong("extra_dhcp_opts", "an option needs a name");
            }
            if (body.ipVersion().given().filter(version -> version == 5).isPresent()) {
                throw Refusals.wrong("extra_dhcp_opts", "ip_version must be 4 or 6");
            }
            if (!DhcpNames.isKnown(body.optName(), body.ipVersion().orKeep(4))) {
                throw Refusals.wrong(
                        "extra_dhcp_opts",
                        "'" + Texts.cut(body.optName()) + "' is no option that DHCP here can tell");
            }
            body.optValue()
                    .ifValue(
                            value ->
                                    options.add(
                                            new DhcpOption(
                                                    body.optName(),
                                                    value,
                                                    body.ipVersion().orKeep(4))));
        }
        return options;
    }

    /**
     * What an update makes of the options: those named are replaced, or removed when they have no
     * value.
     */
    static List<DhcpOption> options(List<DhcpOption> current, List<OptionBody> bodies) {
        List<DhcpOption> options = new ArrayList<>(current);
        for (OptionBody body : bodies) {
            int version = body.ipVersion().orKeep(4);
            options.removeIf(
                    old -> old.optName().equals(body.optName()) && old.ipVersion() == version);
        }
        options.addAll(options(bodies));
        return options;
    }

    static String dnsName(String name) {
        if (!DNS_NAME.matcher(name).matches()) {
            throw Refusals.wrong("dns_name", "'" + Texts.cut(name) + "' is not a valid DNS name");
        }
        return name;
    }

    static JsonNode profile(Field<JsonNode> body, JsonNode current) {
        return switch (body) {
            case Field.Absent<JsonNode> absent -> current;
            case Field.Null<JsonNode> none -> Json.mapper().createObjectNode();
            case Field.Value<JsonNode>(JsonNode value) -> {
                if (!value.isObject() || value.toString().length() > 4095) {
                    throw Refusals.wrong(
                            "binding:profile", "it must be an object of at most 4095 characters");
                }
                yield value;
            }
        };
    }

    static Optional<String> host(Field<String> body, Optional<String> current) {
        return body.over(current).filter(host -> !host.isEmpty());
    }
}
