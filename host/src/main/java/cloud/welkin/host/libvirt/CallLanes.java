package cloud.welkin.host.libvirt;

import java.lang.foreign.Arena;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The platform threads on which one connection's native calls run.
 *
 * <p>Why not on the caller's own thread: libvirt keeps its last error per operating system thread,
 * and a virtual thread may change its carrier between the call and the reading of the error; and a
 * blocking downcall pins the carrier, of which there are as many as processors. So a call runs as
 * one piece – arguments, downcall, error, results – on a platform thread of a bounded lane, and the
 * caller, virtual or not, waits.
 *
 * <p>Why two lanes: calls that need the domain's job (migrate, save, plug, agent …) block for
 * seconds to hours. What only looks, and what aborts a job, must get through while all of those are
 * busy. Why per connection: a host that hangs must not take the threads of the others.
 *
 * <p>A call in C cannot be interrupted. A caller that is interrupted keeps waiting and finds its
 * interrupt flag set afterwards; what ends a hanging call is the connection's keepalive.
 */
final class CallLanes {

    /** How long a call may take, and so which lane it uses. */
    enum Pace {
        /** Answered by the daemon at once, without the domain's job. */
        QUICK,
        /** Waits for the hypervisor, the guest or another job. */
        SLOW
    }

    private static final long IDLE_SECONDS = 20;

    private final ThreadPoolExecutor quick;
    private final ThreadPoolExecutor slow;

    CallLanes(int quickCalls, int slowCalls) {
        quick = lane("libvirt-quick-", quickCalls);
        slow = lane("libvirt-slow-", slowCalls);
    }

    /** Runs the call on its lane with a confined arena and waits for its result. */
    <T> T call(Pace pace, Function<Arena, T> call) {
        if (Thread.currentThread() instanceof LaneThread) {
            return inArena(call); // part of a call that runs already
        }
        FutureTask<T> task = new FutureTask<>(() -> inArena(call));
        try {
            lane(pace).execute(task);
        } catch (RejectedExecutionException closed) {
            throw LibvirtException.of(ErrorCode.CLOSED, "the connection was closed");
        }
        return await(task);
    }

    /** No new calls; those that wait in a lane still run. */
    void shutdown() {
        quick.shutdown();
        slow.shutdown();
    }

    private ThreadPoolExecutor lane(Pace pace) {
        return switch (pace) {
            case QUICK -> quick;
            case SLOW -> slow;
        };
    }

    private static <T> T inArena(Function<Arena, T> call) {
        try (Arena arena = Arena.ofConfined()) {
            return call.apply(arena);
        }
    }

    private static <T> T await(FutureTask<T> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof LibvirtException refused) {
                throw refused.seenByCaller();
            }
            throw new IllegalStateException(failed.getCause());
        } catch (CancellationException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static ThreadPoolExecutor lane(String name, int threads) {
        ThreadPoolExecutor lane =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        call -> new LaneThread(call, name));
        lane.allowCoreThreadTimeOut(true);
        return lane;
    }

    private static final class LaneThread extends Thread {
        LaneThread(Runnable call, String name) {
            super(call);
            setName(name + threadId());
            setDaemon(true);
        }
    }
}
