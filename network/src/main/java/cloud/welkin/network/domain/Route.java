package cloud.welkin.network.domain;

/** A route as clients write it: to a block of addresses by way of another address. */
public record Route(String destination, String nexthop) {}
