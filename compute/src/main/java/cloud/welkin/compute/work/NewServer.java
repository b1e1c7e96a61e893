package cloud.welkin.compute.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * What was asked for when servers are to be made: checked for its form, not yet against the world.
 */
public record NewServer(
        String name,
        Optional<String> hostname,
        Optional<String> description,
        String flavor,
        Optional<String> image,
        List<BlockDevice> devices,
        Wish networks,
        List<String> securityGroups,
        Optional<String> keyName,
        Optional<String> userData,
        boolean configDrive,
        Map<String, String> metadata,
        List<String> tags,
        Optional<String> zone,
        Optional<String> host,
        Map<String, JsonNode> hints,
        int least,
        int most,
        String accessV4,
        String accessV6,
        String diskConfig,
        String adminPass) {

    /** Which NICs the server shall have. */
    public sealed interface Wish {
        /** Nothing was said: the only network there is, or none. */
        record Unsaid() implements Wish {}

        record Auto() implements Wish {}

        record None() implements Wish {}

        record These(List<One> nics) implements Wish {}
    }

    /** One NIC: on a network, with an address if given, or by a port that there is. */
    public record One(
            Optional<String> network,
            Optional<String> port,
            Optional<String> fixedIp,
            Optional<String> tag) {}

    /** A disk, as block_device_mapping_v2 asks for it. */
    public record BlockDevice(
            String source,
            String destination,
            Optional<UUID> id,
            Optional<Long> sizeGib,
            Optional<Integer> bootIndex,
            boolean deleteOnTermination,
            Optional<String> device,
            Optional<String> tag,
            Optional<String> volumeType) {
        public boolean boots() {
            return bootIndex.isPresent() && bootIndex.get() == 0;
        }
    }
}
