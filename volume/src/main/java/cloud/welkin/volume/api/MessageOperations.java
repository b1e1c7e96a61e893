package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.Message;
import cloud.welkin.volume.store.MessageTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Why volumes failed, for their owners: /messages, since 3.3. */
public final class MessageOperations implements OperationGroup {
    private static final String ONE = "/messages/{message_id}";

    private final MessageTable messages;

    public MessageOperations(MessageTable messages) {
        this.messages = messages;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/messages")
                        .policy("message:get_all")
                        .since("3.3")
                        .anyParam()
                        .doc("Lists messages, the newest first.")
                        .reads(this::list),
                Operation.get(ONE)
                        .policyByHandler("message:get")
                        .since("3.3")
                        .doc("Shows a message.")
                        .reads((call, tx) -> Map.of("message", view(call, message(call, tx)))),
                Operation.delete(ONE)
                        .policyByHandler("message:delete")
                        .since("3.3")
                        .doc("Deletes a message.")
                        .writes(
                                (call, tx, none) -> {
                                    messages.delete(tx, message(call, tx).id());
                                    return Reply.empty();
                                }));
    }

    private Object list(Call call, Tx tx) {
        var asked = VolumeAccess.asked(call);
        return Map.of(
                "messages",
                messages.list(tx, asked.project(), asked.limit()).stream()
                        .filter(it -> matches(call, "resource_uuid", it.volume().toString()))
                        .filter(it -> matches(call, "event_id", it.event()))
                        .filter(it -> matches(call, "request_id", it.request()))
                        .filter(it -> matches(call, "resource_type", "VOLUME"))
                        .filter(it -> matches(call, "message_level", "ERROR"))
                        .map(it -> view(call, it))
                        .toList());
    }

    /** Filters are known since 3.5. */
    private static boolean matches(Call call, String name, String value) {
        return !call.version().atLeast("3.5")
                || call.query().text(name).map(value::equals).orElse(true);
    }

    private Message message(Call call, Tx tx) {
        Message message =
                call.pathUuid("message_id")
                        .flatMap((UUID id) -> messages.find(tx, id))
                        .filter(it -> call.allows("message:get", VolumeAccess.target(it.project())))
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                        "Message %s could not be found.",
                                                        call.path("message_id"))
                                                .as("MessageNotFound"));
        call.authorize(VolumeAccess.target(message.project()));
        return message;
    }

    private static Map<String, Object> view(Call call, Message message) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", message.id().toString());
        view.put("event_id", message.event());
        view.put("user_message", message.words());
        view.put("message_level", "ERROR");
        view.put("created_at", Times.micros(message.createdAt()));
        view.put("guaranteed_until", Times.micros(message.expiresAt()));
        view.put("request_id", message.request());
        view.put("resource_type", "VOLUME");
        view.put("resource_uuid", message.volume().toString());
        view.put("links", VolumeView.links(call, "messages", message.id().toString()));
        return view;
    }
}
