package cloud.welkin.kernel.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One request as an operation sees it: who asks, for what, at which version. An operation that acts
 * on a thing loads it and asks {@link #mayTouch} before it tells anything about it: what a caller
 * may not touch does not exist for it (404).
 */
public final class Call {
    private final Operation operation;
    private final Optional<Caller> caller;
    private final Map<String, String> path;
    private final Query query;
    private final Function<String, Optional<String>> headers;
    private final Supplier<List<String>> headerNames;
    private final Microversion version;
    private final Policy policy;
    private final String origin;
    private final String requestId;
    private final String rawPath;
    private final String peer;
    private final Map<String, String> notes = new java.util.concurrent.ConcurrentHashMap<>();
    private final BiConsumer<Tx, Object> telling;
    private final AtomicBoolean authorized;

    Call(
            Operation operation,
            Optional<Caller> caller,
            Map<String, String> path,
            Query query,
            Function<String, Optional<String>> headers,
            Supplier<List<String>> headerNames,
            Microversion version,
            Policy policy,
            String origin,
            String requestId,
            String rawPath,
            String peer,
            BiConsumer<Tx, Object> telling) {
        this(
                operation,
                caller,
                path,
                query,
                headers,
                headerNames,
                version,
                policy,
                origin,
                requestId,
                rawPath,
                peer,
                telling,
                new AtomicBoolean());
    }

    private Call(
            Operation operation,
            Optional<Caller> caller,
            Map<String, String> path,
            Query query,
            Function<String, Optional<String>> headers,
            Supplier<List<String>> headerNames,
            Microversion version,
            Policy policy,
            String origin,
            String requestId,
            String rawPath,
            String peer,
            BiConsumer<Tx, Object> telling,
            AtomicBoolean authorized) {
        this.authorized = authorized;
        this.telling = telling;
        this.operation = operation;
        this.caller = caller;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.headerNames = headerNames;
        this.version = version;
        this.policy = policy;
        this.origin = origin;
        this.requestId = requestId;
        this.rawPath = rawPath;
        this.peer = peer;
    }

    /** The same request of somebody who proved by other means than a token who it is. */
    public Call of(Caller proved) {
        return new Call(
                operation,
                Optional.of(proved),
                path,
                query,
                headers,
                headerNames,
                version,
                policy,
                origin,
                requestId,
                rawPath,
                peer,
                telling,
                authorized);
    }

    /** Who asks. Operations that are open to all use {@link #callerIfAny}. */
    public Caller caller() {
        return caller.orElseThrow(() -> Failure.unauthorized());
    }

    public Optional<Caller> callerIfAny() {
        return caller;
    }

    /** A variable of the path, decoded. */
    public String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException(operation + " has no path variable " + name);
        }
        return value;
    }

    /**
     * A variable of the path that spells a UUID; empty when it does not, which callers answer with
     * their own 404.
     */
    public Optional<UUID> pathUuid(String name) {
        return Ids.uuid(path(name));
    }

    public Query query() {
        return query;
    }

    public Optional<String> header(String name) {
        return headers.apply(name);
    }

    /** The names of all headers, as they came. */
    public List<String> headerNames() {
        return headerNames.get();
    }

    public Microversion version() {
        return version;
    }

    /**
     * {@code http://host:port}, under which this cloud is reached; links in answers begin with it.
     */
    public String origin() {
        return origin;
    }

    /** The path of the request as it came, without the query. */
    public String rawPath() {
        return rawPath;
    }

    /** The address that the request came from. */
    public String peer() {
        return peer;
    }

    /** Says something about the request that only the handler knows, for the audit. */
    public void note(String name, String value) {
        notes.put(name, value);
    }

    /**
     * Says in the transaction of an operation that makes its own what it will be answered with, so
     * that whoever keeps account of changes does so in the same transaction. Last in it, and once.
     *
     * @param answer as a handler returns it: a view or a {@link Reply}
     * @return the answer
     */
    public <T> T told(Tx tx, T answer) {
        telling.accept(tx, answer);
        return answer;
    }

    Map<String, String> notes() {
        return Map.copyOf(notes);
    }

    public String requestId() {
        return requestId;
    }

    public Operation operation() {
        return operation;
    }

    /** Whether this operation's rule lets the caller act on a thing of this project. */
    public boolean mayTouch(ProjectId owner) {
        return may(Target.ownedBy(owner));
    }

    /** Whether this operation's rule lets the caller act on the target. */
    public boolean may(Target target) {
        authorized.set(true);
        return policy.allows(operation.policyName(), caller(), target);
    }

    /** Says that the thing's own list lets the caller in, whoever it is. */
    public void admit() {
        authorized.set(true);
    }

    /** Refuses with 403 unless this operation's rule lets the caller act on the target. */
    public void authorize(Target target) {
        if (!may(target)) {
            throw refusal(operation.policyName());
        }
    }

    /**
     * Whether another rule than the operation's own lets the caller act, e.g. to see a field that
     * only admins see.
     */
    public boolean allows(String rule, Target target) {
        return policy.allows(rule, caller(), target);
    }

    /** Whether another rule lets the caller act on things of its own project. */
    public boolean allows(String rule) {
        return policy.allows(rule, caller(), own());
    }

    /** Refuses with 403 unless the rule lets the caller act on the target. */
    public void require(String rule, Target target) {
        if (!allows(rule, target)) {
            throw refusal(rule);
        }
    }

    /**
     * The target that every request is checked against before its body is read: a thing of the
     * caller's own.
     */
    Target own() {
        Caller who = caller();
        Map<String, String> attributes = new java.util.HashMap<>(path);
        who.project()
                .ifPresent(
                        project -> {
                            attributes.put("project_id", project.value());
                            attributes.put("tenant_id", project.value());
                        });
        attributes.put("user_id", who.user().value());
        return new Target(attributes);
    }

    boolean wasAuthorized() {
        return authorized.get();
    }

    static Failure refusal(String rule) {
        return Failure.forbidden("Policy doesn't allow %s to be performed.", rule)
                .as("PolicyNotAuthorized");
    }
}
