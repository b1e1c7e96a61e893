package cloud.welkin.network.api;

import cloud.welkin.network.domain.Refusals;

/**
 * What the network service is bounded by.
 *
 * @param largestMtu what fits through the tunnels between hosts; a network that says nothing has
 *     this MTU
 */
public record NetworkLimits(int largestMtu) {
    private static final int SMALLEST_MTU = 68;

    /** The MTU that was asked for; zero asks for the usual one. */
    int mtuOr(int wanted) {
        if (wanted == 0) {
            return largestMtu;
        }
        if (wanted < SMALLEST_MTU || wanted > largestMtu) {
            throw Refusals.invalid(
                    "Requested MTU is too big or too small, it can be %d to %d",
                    SMALLEST_MTU, largestMtu);
        }
        return wanted;
    }
}
