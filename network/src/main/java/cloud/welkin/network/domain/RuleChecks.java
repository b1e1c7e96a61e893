package cloud.welkin.network.domain;

import cloud.welkin.network.domain.SecurityGroupRow.Rule;
import java.util.Optional;

/** What a security group rule must satisfy by itself. Pure; refusals have Neutron's names. */
public final class RuleChecks {
    private RuleChecks() {}

    public static void check(Rule rule) {
        boolean six = rule.ethertype().equals("IPv6");
        if (rule.remoteGroup().isPresent() && rule.remotePrefix().isPresent()) {
            throw Refusals.bad(
                    "SecurityGroupMultipleRemoteEntites",
                    "Only one of remote_ip_prefix or remote_group_id may be provided.");
        }
        rule.remotePrefix()
                .ifPresent(
                        prefix -> {
                            Cidr cidr =
                                    Cidr.parse(prefix)
                                            .orElseThrow(
                                                    () ->
                                                            Refusals.wrong(
                                                                    "remote_ip_prefix",
                                                                    "'"
                                                                            + prefix
                                                                            + "' is not a valid IP subnet"));
                            if (cidr.version() != (six ? 6 : 4)) {
                                throw Refusals.bad(
                                        "SecurityGroupRuleParameterConflict",
                                        "Conflicting value ethertype %s for CIDR %s",
                                        rule.ethertype(),
                                        prefix);
                            }
                        });
        if (rule.protocol().isEmpty()) {
            if (rule.portMin().isPresent() || rule.portMax().isPresent()) {
                throw Refusals.bad(
                        "SecurityGroupProtocolRequiredWithPorts",
                        "Must also specify protocol if port range is given.");
            }
            return;
        }
        String protocol = rule.protocol().get();
        int number = Protocols.number(protocol).orElseThrow();
        if (six ? number == Protocols.ICMP && !isIcmpName(protocol) : number == Protocols.ICMPV6) {
            throw Refusals.bad(
                    "SecurityGroupEthertypeConflictWithProtocol",
                    "Invalid ethertype %s for protocol %s.",
                    rule.ethertype(),
                    protocol);
        }
        ports(rule, protocol, number);
    }

    private static void ports(Rule rule, String protocol, int number) {
        Optional<Integer> min = rule.portMin();
        Optional<Integer> max = rule.portMax();
        if (number == Protocols.ICMP || number == Protocols.ICMPV6) {
            icmp("port_range_min", "type", min);
            icmp("port_range_max", "code", max);
            if (min.isEmpty() && max.isPresent()) {
                throw Refusals.bad(
                        "SecurityGroupMissingIcmpType",
                        "ICMP code (port-range-max) %s is provided but ICMP type (port-range-min) is missing.",
                        max.get());
            }
        } else if (min.isPresent() || max.isPresent()) {
            if (!Protocols.hasPorts(number)) {
                throw Refusals.bad(
                        "SecurityGroupInvalidProtocolForPort",
                        "Ports cannot be specified for protocol %s. Ports are only supported for dccp, sctp, tcp, udp,"
                                + " udplite.",
                        protocol);
            }
            port(min);
            port(max);
            if (min.isEmpty() || max.isEmpty() || min.get() > max.get()) {
                throw Refusals.bad(
                        "SecurityGroupInvalidPortRange",
                        "For TCP/UDP protocols, port_range_min must be <= port_range_max");
            }
        }
    }

    private static void port(Optional<Integer> value) {
        if (value.isPresent() && (value.get() < 1 || value.get() > 65535)) {
            throw Refusals.bad(
                    "SecurityGroupInvalidPortValue", "Invalid value for port %s", value.get());
        }
    }

    private static void icmp(String field, String attribute, Optional<Integer> value) {
        if (value.isPresent() && (value.get() < 0 || value.get() > 255)) {
            throw Refusals.bad(
                    "SecurityGroupInvalidIcmpValue",
                    "Invalid value for ICMP %s (%s) %s. It must be 0 to 255.",
                    attribute,
                    field,
                    value.get());
        }
    }

    /** With IPv6 the name icmp means ICMPv6, as Neutron takes it. */
    private static boolean isIcmpName(String protocol) {
        return protocol.equals("icmp");
    }
}
