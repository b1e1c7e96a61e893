package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.object.engine.EngineFailure;
import cloud.welkin.object.store.BodyTable;
import cloud.welkin.object.store.BodyTable.Kind;
import cloud.welkin.object.store.BodyTable.Named;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads every body in turn, so that rot is found while a backup can still help. A little at a time:
 * a run reads {@link #SHARE} bytes at the most, the next one goes on, and behind the last body it
 * begins anew.
 */
public final class Scrub implements Reconciler {
    private static final Logger log = LoggerFactory.getLogger(Scrub.class);

    /** Bytes of a run: about 8 MB a second. */
    private static final long SHARE = 256L << 20;

    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final int PAGE = 500;
    private static final int MOST_TOLD = 1000;

    private final Database database;
    private final BodyTable named;
    private final Bodies bodies;
    private final Map<Named, String> damaged = new ConcurrentHashMap<>();
    private Kind kind = Kind.OBJECT;
    private Optional<Named> last = Optional.empty();

    public Scrub(Database database, BodyTable named, Bodies bodies) {
        this.database = database;
        this.named = named;
        this.bodies = bodies;
    }

    @Override
    public String name() {
        return "object scrub";
    }

    @Override
    public Duration every() {
        return PAUSE;
    }

    @Override
    public Report reconcile() {
        long left = SHARE;
        int broken = 0;
        while (left > 0) {
            Kind these = kind;
            Optional<Named> after = last;
            List<Named> page = database.read(tx -> named.after(tx, these, after, PAGE));
            for (Named body : page) {
                broken += isWhole(body) ? 0 : 1;
                last = Optional.of(body);
                left -= Math.max(4096, body.length());
                if (left <= 0) {
                    break;
                }
            }
            if (page.size() < PAGE && left > 0) {
                last = Optional.empty();
                kind = these.next();
                if (kind == Kind.OBJECT) {
                    break;
                }
            }
        }
        return broken == 0
                ? Report.nothing()
                : Report.changed(broken, broken + " bodies are not what they were");
    }

    private boolean isWhole(Named body) {
        try (InputStream in =
                bodies.read(body.policy(), Optional.of(body.locator()), 0, body.length())) {
            long read = in.transferTo(OutputStream.nullOutputStream());
            if (read == body.length()) {
                damaged.remove(body);
                return true;
            }
            tell(body, "it has " + read + " bytes of " + body.length());
        } catch (EngineFailure e) {
            tell(body, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            tell(body, "the disk failed: " + e.getMessage());
        }
        return false;
    }

    /** Unless it was deleted while it was read: then nobody misses it. */
    private void tell(Named body, String how) {
        if (database.read(tx -> named.isThere(tx, body))) {
            log.error("{} is damaged: {}", body, how);
            if (damaged.size() < MOST_TOLD) {
                damaged.put(body, how);
            }
        }
    }

    /** What was found damaged and is still named by a row, in words. */
    public List<String> damaged() {
        damaged.keySet().removeIf(body -> !database.read(tx -> named.isThere(tx, body)));
        return damaged.entrySet().stream()
                .map(it -> it.getKey() + " is damaged: " + it.getValue())
                .sorted()
                .toList();
    }
}
