package cloud.welkin.kernel.api;

import cloud.welkin.database.Tx;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The declaration of one operation of an API: everything the router, the validation, the policy
 * table, the OpenAPI document and the coverage tests need to know about it. Made only by {@link
 * OperationBuilder}, which has no way to leave out the policy.
 */
public final class Operation {
    /** What an operation does, by how it uses the database. */
    sealed interface Handler {
        /** Reads in autocommit; sees whatever was acknowledged before. */
        record Reads(Read read) implements Handler {}

        /** Changes things in one transaction, which is rolled back by any failure. */
        record Writes<B>(Write<B> write) implements Handler {}

        /**
         * Does the heavy part of its work outside of any transaction, and makes its own short ones.
         */
        record Computes<B>(Compute<B> compute) implements Handler {}

        /** Moves bodies of any length; makes its own short transactions. */
        record Streams(Stream stream) implements Handler {}
    }

    /** An operation that changes nothing. */
    @FunctionalInterface
    public interface Read {
        Object handle(Call call, Tx tx);
    }

    /**
     * An operation that changes things in one transaction; it may run again when the database asks
     * for a retry.
     */
    @FunctionalInterface
    public interface Write<B> {
        Object handle(Call call, Tx tx, B body);
    }

    /**
     * An operation that takes long for other reasons than the database, e.g. to hash a password.
     */
    @FunctionalInterface
    public interface Compute<B> {
        Object handle(Call call, B body);
    }

    /** An operation whose request or answer is a stream. */
    @FunctionalInterface
    public interface Stream {
        void handle(Call call, Exchange exchange);
    }

    /** Who is let through before the handler is asked. */
    public sealed interface Access {
        /** Anybody, without a token. */
        record Open() implements Access {}

        /**
         * The rule is checked against a thing of the caller's own; handlers check the thing itself
         * beyond that.
         */
        record Ruled(String rule) implements Access {}

        /**
         * The rule needs the thing itself: the handler must check it, and an answer without a check
         * is a 500.
         */
        record RuledByHandler(String rule) implements Access {}

        /**
         * The thing has a list of its own of who may, which can let in callers whom the rule
         * refuses, and those without a token: the handler decides, and an answer without a decision
         * is a 500.
         */
        record RuledByThing(String rule) implements Access {}
    }

    private final String method;
    private final PathTemplate path;
    private final Access access;
    private final Optional<Microversion> since;
    private final Optional<Microversion> until;
    private final List<Param> params;
    private final boolean anyParam;
    private final Optional<Microversion> anyParamBefore;
    private final Optional<Type> body;
    private final boolean bodyOptional;
    private final Optional<Type> reply;
    private final int status;
    private final String doc;
    private final List<Conversion> conversions;
    private final Handler handler;
    private final Optional<Integer> rows;

    Operation(OperationBuilder<?> declared, Handler handler) {
        this.method = declared.method;
        this.path = PathTemplate.of(declared.path);
        this.access = declared.access;
        this.since = declared.since;
        this.until = declared.until;
        this.params = List.copyOf(declared.params);
        this.anyParam = declared.anyParam;
        this.anyParamBefore = declared.anyParamBefore;
        this.body = declared.body;
        this.bodyOptional = declared.bodyOptional;
        this.reply = declared.reply;
        this.status = declared.status;
        this.doc = declared.doc;
        List<Conversion> newestFirst = new ArrayList<>(declared.conversions);
        newestFirst.sort(Comparator.comparing(Conversion::since).reversed());
        this.conversions = List.copyOf(newestFirst);
        this.handler = handler;
        this.rows = Optional.empty();
    }

    private Operation(Operation other, int rows) {
        this.method = other.method;
        this.path = other.path;
        this.access = other.access;
        this.since = other.since;
        this.until = other.until;
        this.params = other.params;
        this.anyParam = other.anyParam;
        this.anyParamBefore = other.anyParamBefore;
        this.body = other.body;
        this.bodyOptional = other.bodyOptional;
        this.reply = other.reply;
        this.status = other.status;
        this.doc = other.doc;
        this.conversions = other.conversions;
        this.handler = other.handler;
        this.rows = Optional.of(rows);
    }

    /** The same, for a list of which so many rows are answered when nobody says how many. */
    public Operation withRows(int number) {
        return new Operation(this, number);
    }

    /** How many rows of a list are answered when nobody says how many; empty: the service knows. */
    public Optional<Integer> rows() {
        return rows;
    }

    public static OperationBuilder<NoBody> get(String path) {
        return new OperationBuilder<>("GET", path, 200);
    }

    public static OperationBuilder<NoBody> head(String path) {
        return new OperationBuilder<>("HEAD", path, 200);
    }

    public static OperationBuilder<NoBody> post(String path) {
        return new OperationBuilder<>("POST", path, 201);
    }

    public static OperationBuilder<NoBody> put(String path) {
        return new OperationBuilder<>("PUT", path, 200);
    }

    public static OperationBuilder<NoBody> patch(String path) {
        return new OperationBuilder<>("PATCH", path, 200);
    }

    public static OperationBuilder<NoBody> delete(String path) {
        return new OperationBuilder<>("DELETE", path, 204);
    }

    /** For the methods that HTTP itself does not name, e.g. COPY. */
    public static OperationBuilder<NoBody> method(String method, String path, int status) {
        return new OperationBuilder<>(method, path, status);
    }

    public String method() {
        return method;
    }

    public PathTemplate path() {
        return path;
    }

    public Access access() {
        return access;
    }

    /** The rule that guards the operation. */
    public String policyName() {
        return switch (access) {
            case Access.Open open -> throw new IllegalStateException(this + " is open to all");
            case Access.Ruled ruled -> ruled.rule();
            case Access.RuledByHandler ruled -> ruled.rule();
            case Access.RuledByThing ruled -> ruled.rule();
        };
    }

    public Optional<Microversion> since() {
        return since;
    }

    public Optional<Microversion> until() {
        return until;
    }

    public List<Param> params() {
        return params;
    }

    /**
     * Whether parameters that are not declared are passed over at this version. Only reads are
     * strict, as OpenStack's services are: clients add their own to deletes, {@code ?format=json}
     * for one.
     */
    public boolean takesAnyParam(Microversion version) {
        return anyParam
                || !method.equals("GET")
                || anyParamBefore.map(version::isBefore).orElse(false);
    }

    public Optional<Type> body() {
        return body;
    }

    public boolean isBodyOptional() {
        return bodyOptional;
    }

    public Optional<Type> reply() {
        return reply;
    }

    public int status() {
        return status;
    }

    public String doc() {
        return doc;
    }

    List<Conversion> conversions() {
        return conversions;
    }

    Handler handler() {
        return handler;
    }

    public boolean streams() {
        return handler instanceof Handler.Streams;
    }

    /** Whether the operation exists at this version. */
    boolean existsAt(Microversion version) {
        return since.map(first -> !version.isBefore(first)).orElse(true)
                && until.map(last -> !last.isBefore(version)).orElse(true);
    }

    @Override
    public String toString() {
        return method + " " + path.text();
    }
}
