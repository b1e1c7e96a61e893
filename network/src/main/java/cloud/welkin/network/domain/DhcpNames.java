package cloud.welkin.network.domain;

import cloud.welkin.network.domain.PortRow.DhcpOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The DHCP options that ports may have of their own: by dnsmasq's names or their numbers, as
 * Neutron takes them, and what OVN calls them.
 */
public final class DhcpNames {
    /** The option that, with the value true, keeps DHCP away from a port. */
    private static final String DISABLED = "dhcp_disabled";

    private static final Map<String, String> FOUR =
            map(
                    """
            arp-timeout arp_cache_timeout
            tcp-keepalive tcp_keepalive_interval
            netmask netmask
            router router
            dns-server dns_server
            log-server log_server
            lpr-server lpr_server
            domain-name domain_name
            domain-search domain_search_list
            swap-server swap_server
            policy-filter policy_filter
            router-solicitation router_solicitation
            nis-server nis_server
            ntp-server ntp_server
            server-id server_id
            tftp-server tftp_server
            classless-static-route classless_static_route
            ms-classless-static-route ms_classless_static_route
            ip-forward-enable ip_forward_enable
            router-discovery router_discovery
            ethernet-encap ethernet_encap
            default-ttl default_ttl
            tcp-ttl tcp_ttl
            mtu mtu
            lease-time lease_time
            hostname hostname
            T1 T1
            T2 T2
            bootfile-name bootfile_name
            bootfile-name-alt bootfile_name_alt
            wpad wpad
            path-prefix path_prefix
            tftp-server-address tftp_server_address
            server-ip-address next_server
            1 netmask
            3 router
            6 dns_server
            7 log_server
            9 lpr_server
            12 hostname
            15 domain_name
            16 swap_server
            19 ip_forward_enable
            21 policy_filter
            23 default_ttl
            26 mtu
            31 router_discovery
            32 router_solicitation
            35 arp_cache_timeout
            36 ethernet_encap
            37 tcp_ttl
            38 tcp_keepalive_interval
            41 nis_server
            42 ntp_server
            51 lease_time
            54 server_id
            58 T1
            59 T2
            66 tftp_server
            67 bootfile_name
            119 domain_search_list
            121 classless_static_route
            150 tftp_server_address
            210 path_prefix
            249 ms_classless_static_route
            252 wpad
            255 next_server
            """);
    private static final Map<String, String> SIX =
            map(
                    """
            bootfile-name bootfile_name
            server-id server_id
            dns-server dns_server
            domain-search domain_search
            2 server_id
            23 dns_server
            24 domain_search
            59 bootfile_name
            """);

    /** OVN wants texts in quotes. */
    private static final Set<String> QUOTED =
            Set.of(
                    "domain_name",
                    "domain_search",
                    "domain_search_list",
                    "hostname",
                    "tftp_server",
                    "bootfile_name",
                    "bootfile_name_alt",
                    "path_prefix",
                    "wpad");

    private DhcpNames() {}

    private static Map<String, String> map(String table) {
        return table.lines()
                .map(line -> line.strip().split(" "))
                .collect(Collectors.toUnmodifiableMap(pair -> pair[0], pair -> pair[1]));
    }

    /** OVN's name of an option; empty when it has none. */
    public static Optional<String> ovn(String name, int version) {
        return Optional.ofNullable((version == 4 ? FOUR : SIX).get(name));
    }

    /** Whether a port may have the option. */
    public static boolean isKnown(String name, int version) {
        return name.equals(DISABLED) || ovn(name, version).isPresent();
    }

    /** Whether the options keep DHCP of this IP version away. */
    public static boolean disable(List<DhcpOption> options, int version) {
        return options.stream()
                .anyMatch(
                        option ->
                                option.ipVersion() == version
                                        && option.optName().equals(DISABLED)
                                        && option.optValue().equalsIgnoreCase("true"));
    }

    /** The value as OVN reads it under its name. */
    public static String value(String ovnName, String value) {
        return QUOTED.contains(ovnName) ? quoted(value) : value;
    }

    public static String quoted(String value) {
        return '"' + value.replace("\"", "") + '"';
    }
}
