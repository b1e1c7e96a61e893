package cloud.welkin.kernel.api;

import java.util.List;
import java.util.Map;

/**
 * What goes back over the transport.
 *
 * @param streamed the operation has sent the answer itself; the rest is for the log only
 */
public record Answer(
        int status, Map<String, List<String>> headers, byte[] body, boolean streamed) {}
