/**
 * Neutron's API v2.0: networks, subnets, ports, routers, floating IPs and security groups, brought
 * into the world by OVN.
 */
@NullMarked
package cloud.welkin.network;

import org.jspecify.annotations.NullMarked;
