package cloud.welkin.network.domain;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.util.Optional;
import java.util.UUID;

/**
 * The refusals of the network service that more than one place needs, under Neutron's exception
 * names.
 */
public final class Refusals {
    private Refusals() {}

    /** A thing that does not exist, or not for this caller: NetworkNotFound and the like. */
    public static Failure missing(String type, String kind, Object id) {
        return Failure.notFound("%s %s could not be found.", kind, id).as(type);
    }

    public static Failure noNetwork(Object id) {
        return missing("NetworkNotFound", "Network", id);
    }

    public static Failure noSubnet(Object id) {
        return missing("SubnetNotFound", "Subnet", id);
    }

    public static Failure noSubnetPool(Object id) {
        return missing("SubnetPoolNotFound", "Subnet pool", id);
    }

    public static Failure noPort(Object id) {
        return missing("PortNotFound", "Port", id);
    }

    public static Failure noRouter(Object id) {
        return missing("RouterNotFound", "Router", id);
    }

    public static Failure noFloatingIp(Object id) {
        return missing("FloatingIPNotFound", "Floating IP", id);
    }

    public static Failure noSecurityGroup(Object id) {
        return Failure.notFound("Security group %s does not exist", id).as("SecurityGroupNotFound");
    }

    /** Neutron's InvalidInput. */
    public static Failure invalid(String message, Object... arguments) {
        return Failure.badRequest("Invalid input for operation: " + message, arguments)
                .as("InvalidInput");
    }

    /** A field of the body whose value is wrong. */
    public static Failure wrong(String field, Object reason) {
        return Failure.badRequest("Invalid input for %s. Reason: %s.", field, reason)
                .as("HTTPBadRequest");
    }

    public static Failure noAddressLeft(UUID network) {
        return Failure.conflict("No more IP addresses available on network %s.", network)
                .as("IpAddressGenerationFailure");
    }

    public static Failure addressInUse(UUID network, Object ip) {
        return Failure.conflict(
                        "Unable to complete operation for network %s. The IP address %s is in use.",
                        network, ip)
                .as("IpAddressInUse");
    }

    public static Failure conflict(String type, String message, Object... arguments) {
        return Failure.conflict(message, arguments).as(type);
    }

    public static Failure bad(String type, String message, Object... arguments) {
        return Failure.badRequest(message, arguments).as(type);
    }

    /** The condition of If-Match does not hold. */
    public static void checkRevision(Optional<Long> wanted, long revision) {
        if (wanted.isPresent() && wanted.get() != revision) {
            throw new Failure(
                    FailureKind.PRECONDITION_FAILED,
                    "RevisionNumberConstraintFailed",
                    "Constrained to " + wanted.get() + ", but current revision is " + revision);
        }
    }
}
