package cloud.welkin.identity;

import cloud.welkin.identity.domain.Project;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sessions by their tokens, each for as long as nothing has changed that it was made of. Changes
 * are counted; a session is kept with the count before it was loaded, and is good if no change that
 * concerns it has a higher one. So it does not matter when a load that a change overtook is kept.
 */
final class KnownSessions {
    private static final int MOST = 100_000;

    /** More changes of single users and projects than that are one of everything. */
    static final int MOST_CHANGES = 10_000;

    private record Kept(Session session, long asOf) {}

    private final Cache<String, Kept> byToken = Caffeine.newBuilder().maximumSize(MOST).build();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong ofEverything = new AtomicLong();
    private final AtomicLong ofAnyUser = new AtomicLong();
    private final Map<UserId, Long> ofUsers = new ConcurrentHashMap<>();
    private final Map<ProjectId, Long> ofProjects = new ConcurrentHashMap<>();

    /** The count to keep a session with that is loaded from now on. */
    long asOf() {
        return count.get();
    }

    void keep(String token, Session session, long asOf) {
        byToken.put(token, new Kept(session, asOf));
    }

    Optional<Session> find(String token) {
        return Optional.ofNullable(byToken.getIfPresent(token))
                .filter(this::isGood)
                .map(Kept::session);
    }

    private boolean isGood(Kept kept) {
        Session session = kept.session();
        long latest =
                Math.max(ofEverything.get(), ofUsers.getOrDefault(session.caller().user(), 0L));
        if (session.trust().isPresent()) {
            // Others stand behind it too: both sides of the trust, and of those that it came by.
            latest = Math.max(latest, ofAnyUser.get());
        }
        Optional<ProjectId> project = session.scoped().map(Project::id);
        if (project.isPresent()) {
            latest = Math.max(latest, ofProjects.getOrDefault(project.get(), 0L));
        }
        return latest <= kept.asOf();
    }

    /** Something changed that concerns the tokens of one user, and those of trusts. */
    void changed(UserId user) {
        long at = count.incrementAndGet();
        ofAnyUser.accumulateAndGet(at, Math::max);
        ofUsers.merge(user, at, Math::max);
        bound();
    }

    /** Something changed that concerns the tokens for one project. */
    void changed(ProjectId project) {
        ofProjects.merge(project, count.incrementAndGet(), Math::max);
        bound();
    }

    private void bound() {
        if (ofUsers.size() + ofProjects.size() > MOST_CHANGES) {
            changed();
        }
    }

    /** Something changed that may concern every token. */
    void changed() {
        long at = ofEverything.accumulateAndGet(count.incrementAndGet(), Math::max);
        byToken.invalidateAll();
        ofUsers.values().removeIf(earlier -> earlier <= at);
        ofProjects.values().removeIf(earlier -> earlier <= at);
    }
}
