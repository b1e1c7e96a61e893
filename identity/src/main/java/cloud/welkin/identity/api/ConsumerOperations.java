package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.OauthConsumer;
import cloud.welkin.identity.store.OauthStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The applications of OAuth 1: /v3/OS-OAUTH1/consumers. The secret is shown once. */
final class ConsumerOperations implements OperationGroup {
    private static final String PATH = "/OS-OAUTH1/consumers";

    private final OauthStore store;
    private final Changes changes;

    ConsumerOperations(OauthStore store, Changes changes) {
        this.store = store;
        this.changes = changes;
    }

    record ConsumerRequest(NewConsumer consumer) {}

    record NewConsumer(
            @Length(max = 65_535) Optional<String> description,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewConsumer {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record ChangeRequest(ConsumerChange consumer) {}

    record ConsumerChange(
            @Length(max = 65_535) Field<String> description,
            @JsonAnySetter Map<String, JsonNode> extra) {
        ConsumerChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record ConsumerView(ConsumerBody consumer) {}

    record ConsumerBody(
            String id,
            Optional<String> description,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> secret,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {
        @Override
        public String toString() {
            return "ConsumerBody[" + id + "]";
        }
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy("identity:list_consumers")
                        .doc("Lists the consumers of OAuth 1.")
                        .anyParam()
                        .reads(this::list),
                Operation.post(PATH)
                        .policy("identity:create_consumer")
                        .doc("Creates a consumer of OAuth 1; its secret is shown here only.")
                        .body(ConsumerRequest.class)
                        .replies(ConsumerView.class)
                        .writes((call, tx, body) -> create(call, tx, body.consumer())),
                Operation.get(PATH + "/{consumer_id}")
                        .policy("identity:get_consumer")
                        .doc("Shows a consumer of OAuth 1.")
                        .replies(ConsumerView.class)
                        .reads((call, tx) -> view(call, consumer(call, tx), Optional.empty())),
                Operation.patch(PATH + "/{consumer_id}")
                        .policy("identity:update_consumer")
                        .doc("Changes a consumer of OAuth 1.")
                        .body(ChangeRequest.class)
                        .replies(ConsumerView.class)
                        .writes((call, tx, body) -> change(call, tx, body.consumer())),
                Operation.delete(PATH + "/{consumer_id}")
                        .policy("identity:delete_consumer")
                        .doc("Deletes a consumer of OAuth 1 and ends all tokens had through it.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call);
        return asked.answer(
                "consumers",
                asked.page(store.consumers(tx), OauthConsumer::id),
                OauthConsumer::id,
                consumer -> body(call, consumer, Optional.empty()));
    }

    private Object create(Call call, Tx tx, NewConsumer request) {
        refuseSecret(request.extra());
        OauthConsumer consumer =
                new OauthConsumer(Ids.hex(), request.description(), Ids.hex(), request.extra());
        store.insert(tx, consumer);
        return view(call, consumer, Optional.of(consumer.secret()));
    }

    private Object change(Call call, Tx tx, ConsumerChange change) {
        OauthConsumer current = consumer(call, tx);
        refuseSecret(change.extra());
        Map<String, JsonNode> extra = new HashMap<>(current.extra());
        extra.putAll(change.extra());
        OauthConsumer changed =
                new OauthConsumer(
                        current.id(),
                        change.description().over(current.description()),
                        current.secret(),
                        Map.copyOf(extra));
        store.update(tx, changed);
        return view(call, changed, Optional.empty());
    }

    private static void refuseSecret(Map<String, JsonNode> extra) {
        for (String own : List.of("secret", "id", "links")) {
            if (extra.containsKey(own)) {
                throw Failure.badRequest("A consumer's %s is not for the client to say.", own);
            }
        }
    }

    private Object delete(Call call, Tx tx) {
        store.deleteConsumer(tx, consumer(call, tx).id());
        changes.made(tx);
        return Reply.empty();
    }

    private OauthConsumer consumer(Call call, Tx tx) {
        return store.consumer(tx, call.path("consumer_id"))
                .orElseThrow(() -> Failure.notFound("Consumer not found"));
    }

    private static ConsumerView view(Call call, OauthConsumer consumer, Optional<String> secret) {
        return new ConsumerView(body(call, consumer, secret));
    }

    private static ConsumerBody body(Call call, OauthConsumer consumer, Optional<String> secret) {
        return new ConsumerBody(
                consumer.id(),
                consumer.description(),
                secret,
                Links.self(call, PATH + "/" + consumer.id()),
                consumer.extra());
    }
}
