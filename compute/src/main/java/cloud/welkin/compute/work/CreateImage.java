package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerState;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.store.ActionStore;
import cloud.welkin.compute.store.HostTaskStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.HostTask;
import cloud.welkin.kernel.work.Saga;
import cloud.welkin.kernel.work.SagaContext;
import cloud.welkin.kernel.work.StepResult;
import cloud.welkin.kernel.work.Steps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Saves a guest's root disk: its host writes it to a file, the image service takes the file in. */
public final class CreateImage implements Saga<CreateImage.Input> {
    private static final Duration RECHECK = Duration.ofSeconds(5);
    private static final Duration LONGEST_COPY = Duration.ofHours(6);

    public record Input(UUID server, UUID image, UUID task) {}

    /** The host could not write the disk. */
    static final class SnapshotFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        SnapshotFailed(String message) {
            super(message);
        }
    }

    private final Images images;
    private final ServerStore servers;
    private final HostTaskStore tasks;
    private final ActionStore actions;
    private final HostPokes pokes;
    private final Clock clock;

    public CreateImage(
            Images images,
            ServerStore servers,
            HostTaskStore tasks,
            ActionStore actions,
            HostPokes pokes,
            Clock clock) {
        this.images = images;
        this.servers = servers;
        this.tasks = tasks;
        this.actions = actions;
        this.pokes = pokes;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "create image of server";
    }

    @Override
    public Class<Input> inputType() {
        return Input.class;
    }

    @Override
    public Steps<Input> steps() {
        return Steps.<Input>first("copy the disk", this::copy)
                .undo(this::forgetTask)
                .within(LONGEST_COPY)
                .then("take the data in", this::takeIn)
                .finallyRecord((tx, context) -> ended(tx, context, Optional.empty()))
                .orOnFailure(
                        (tx, context, failure) -> {
                            images.giveUp(tx, context.input().image());
                            tasks.delete(tx, context.input().task());
                            ended(tx, context, Optional.of(failure.reason()));
                        });
    }

    private StepResult copy(SagaContext<Input> context) {
        Input input = context.input();
        Optional<HostTaskStore.Row> found =
                context.database().read(tx -> tasks.find(tx, input.task()));
        if (found.isEmpty()) {
            context.database()
                    .change(
                            tx -> {
                                HostName host =
                                        servers.find(tx, input.server())
                                                .flatMap(Server::host)
                                                .orElseThrow(
                                                        () ->
                                                                new SnapshotFailed(
                                                                        "the server is gone"));
                                tasks.insert(
                                        tx,
                                        host,
                                        new HostTask.Snapshot(
                                                input.task(),
                                                input.server(),
                                                images.incoming(input.image()).toString(),
                                                "qcow2"));
                                pokes.poke(tx, host);
                            });
            return StepResult.waitFor(RECHECK);
        }
        HostTaskStore.Row row = found.get();
        if (!row.done()) {
            return StepResult.waitFor(RECHECK);
        }
        row.fault()
                .ifPresent(
                        fault -> {
                            throw new SnapshotFailed(fault);
                        });
        return StepResult.done();
    }

    private StepResult forgetTask(SagaContext<Input> context) {
        context.database().change(tx -> tasks.delete(tx, context.input().task()));
        return StepResult.done();
    }

    private StepResult takeIn(SagaContext<Input> context) {
        images.takeIn(context.input().image());
        return StepResult.done();
    }

    private void ended(Tx tx, SagaContext<Input> context, Optional<String> failure) {
        Input input = context.input();
        Instant now = clock.instant();
        tasks.delete(tx, input.task());
        servers.lock(tx, input.server())
                .ifPresent(
                        server -> {
                            if (server.state().isDoing(TaskState.IMAGE_SNAPSHOT)) {
                                servers.setState(
                                        tx,
                                        server.id(),
                                        new ServerState(
                                                server.state().vm(),
                                                Optional.empty(),
                                                server.state().powerState()),
                                        server.fault(),
                                        now);
                            }
                            actions.finishOnly(
                                    tx, server.id(), ServerLife.SNAPSHOT_EVENT, failure, now);
                        });
    }
}
