package cloud.welkin.kernel.quota;

import cloud.welkin.database.Tx;
import java.util.List;
import java.util.Map;

/** Where limits are kept instead of here: unified limits, which identity keeps for all services. */
public interface LimitSource {
    /**
     * The project's limits of the resources, its own or the default; {@link Quotas#UNLIMITED} for
     * none. What is missing from the answer has the limit that its service declares.
     */
    Map<QuotaResource, Long> limits(Tx tx, String project, List<QuotaResource> resources);
}
