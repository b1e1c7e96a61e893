package cloud.welkin.network.work;

import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.Protocols;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SecurityGroupRow.Rule;
import cloud.welkin.network.work.DesiredRow.Draft;
import cloud.welkin.network.work.DesiredRow.To;
import cloud.welkin.ovsdb.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Security groups as port groups with ACLs. One more group holds every port that is filtered: what
 * no rule lets through is dropped there, but for asking DHCP servers, which every guest may.
 */
final class GroupRows {
    static final String GROUP = "Port_Group";
    static final String ACL = "ACL";
    private static final String DROP = "neutron_pg_drop";
    private static final int DROPPED = 1001;
    private static final int ALLOWED = 1002;

    private GroupRows() {}

    static List<DesiredRow> of(Intended intended) {
        Map<UUID, List<To>> members = new HashMap<>();
        List<To> filtered = new ArrayList<>();
        for (PortRow port : intended.ports().values()) {
            if (port.portSecurity() && !DeviceOwner.isNetworks(port.deviceOwner())) {
                filtered.add(SwitchRows.port(port.id()));
                port.securityGroups()
                        .forEach(
                                group ->
                                        members.computeIfAbsent(group, id -> new ArrayList<>())
                                                .add(SwitchRows.port(port.id())));
            }
        }
        List<DesiredRow> rows = new ArrayList<>();
        for (SecurityGroupRow group : intended.groups()) {
            List<To> acls = new ArrayList<>();
            for (Rule rule : group.rules()) {
                DesiredRow acl = acl(group, rule);
                rows.add(acl);
                acls.add(new To(ACL, acl.key()));
            }
            rows.add(
                    new Draft(GROUP, "group:" + group.id())
                            .with("name", name(group.id()))
                            .refs("ports", members.getOrDefault(group.id(), List.of()))
                            .refs("acls", acls)
                            .done());
        }
        drop(rows, filtered);
        return rows;
    }

    private static void drop(List<DesiredRow> rows, List<To> filtered) {
        List<DesiredRow> acls =
                List.of(
                        acl(
                                "drop:in",
                                "to-lport",
                                DROPPED,
                                "drop",
                                "outport == @" + DROP + " && ip"),
                        acl(
                                "drop:out",
                                "from-lport",
                                DROPPED,
                                "drop",
                                "inport == @" + DROP + " && ip"),
                        acl(
                                "dhcp:4",
                                "from-lport",
                                ALLOWED,
                                "allow",
                                "inport == @"
                                        + DROP
                                        + " && ip4 && udp && udp.src == 68 && udp.dst == 67"),
                        acl(
                                "dhcp:6",
                                "from-lport",
                                ALLOWED,
                                "allow",
                                "inport == @"
                                        + DROP
                                        + " && ip6 && udp && udp.src == 546 && udp.dst == 547"));
        rows.addAll(acls);
        rows.add(
                new Draft(GROUP, "drop")
                        .with("name", DROP)
                        .refs("ports", filtered)
                        .refs("acls", acls.stream().map(acl -> new To(ACL, acl.key())).toList())
                        .done());
    }

    /** OVN makes address sets of a group's members under this name and _ip4 or _ip6. */
    static String name(UUID group) {
        return "pg_" + group.toString().replace('-', '_');
    }

    private static DesiredRow acl(SecurityGroupRow group, Rule rule) {
        boolean in = rule.direction().equals("ingress");
        return acl(
                "rule:" + rule.id(),
                in ? "to-lport" : "from-lport",
                ALLOWED,
                group.stateful() ? "allow-related" : "allow-stateless",
                (in ? "outport == @" : "inport == @") + name(group.id()) + match(rule));
    }

    private static DesiredRow acl(
            String key, String direction, int priority, String action, String match) {
        return new Draft(ACL, key)
                .with("direction", direction)
                .with("priority", Value.of(priority))
                .with("action", action)
                .with("match", match)
                .done();
    }

    static String match(Rule rule) {
        boolean six = rule.ethertype().equals("IPv6");
        String ip = six ? "ip6" : "ip4";
        String side = ip + (rule.direction().equals("ingress") ? ".src" : ".dst");
        StringBuilder match = new StringBuilder(" && ").append(ip);
        rule.remoteGroup()
                .ifPresent(
                        remote ->
                                match.append(" && ")
                                        .append(side)
                                        .append(" == $")
                                        .append(name(remote))
                                        .append(six ? "_ip6" : "_ip4"));
        rule.remotePrefix()
                .map(Cidr::of)
                .filter(cidr -> cidr.prefix() > 0)
                .ifPresent(cidr -> match.append(" && ").append(side).append(" == ").append(cidr));
        rule.protocol().ifPresent(protocol -> match.append(protocol(rule, protocol, six)));
        return match.toString();
    }

    private static String protocol(Rule rule, String protocol, boolean six) {
        int number =
                protocol.equals("icmp") && six
                        ? Protocols.ICMPV6
                        : Protocols.number(protocol).orElse(0);
        return switch (number) {
            case Protocols.TCP -> " && tcp" + ports(rule, "tcp.dst");
            case Protocols.UDP -> " && udp" + ports(rule, "udp.dst");
            case Protocols.SCTP -> " && sctp" + ports(rule, "sctp.dst");
            case Protocols.ICMP -> " && icmp4" + icmp(rule, "icmp4");
            case Protocols.ICMPV6 -> " && icmp6" + icmp(rule, "icmp6");
            case 0 -> "";
            default -> " && ip.proto == " + number;
        };
    }

    private static String ports(Rule rule, String field) {
        if (rule.portMin().isEmpty() || rule.portMax().isEmpty()) {
            return "";
        }
        int min = rule.portMin().get();
        int max = rule.portMax().get();
        return min == max
                ? " && " + field + " == " + min
                : " && " + field + " >= " + min + " && " + field + " <= " + max;
    }

    private static String icmp(Rule rule, String field) {
        return rule.portMin().map(type -> " && " + field + ".type == " + type).orElse("")
                + rule.portMax().map(code -> " && " + field + ".code == " + code).orElse("");
    }
}
