package cloud.welkin.kernel.api;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Declares an {@link Operation}, read from top to bottom: path, policy, parameters, body, answer,
 * and last what it does.
 *
 * @param <B> the record that the body is read into
 */
public final class OperationBuilder<B> {
    final String method;
    final String path;
    Operation.Access access = new Operation.Access.Ruled("");
    Optional<Microversion> since = Optional.empty();
    Optional<Microversion> until = Optional.empty();
    List<Param> params = new ArrayList<>();
    boolean anyParam;
    Optional<Microversion> anyParamBefore = Optional.empty();
    Optional<Type> body = Optional.empty();
    boolean bodyOptional;
    Optional<Type> reply = Optional.empty();
    int status;
    String doc = "";
    List<Conversion> conversions = new ArrayList<>();

    OperationBuilder(String method, String path, int status) {
        this.method = method;
        this.path = path;
        this.status = status;
    }

    /** The rule, checked against a thing of the caller's own before anything else happens. */
    public OperationBuilder<B> policy(String rule) {
        access = new Operation.Access.Ruled(rule);
        return this;
    }

    /**
     * A rule about the thing itself, which the handler checks by {@link Call#authorize} or {@link
     * Call#may}.
     */
    public OperationBuilder<B> policyByHandler(String rule) {
        access = new Operation.Access.RuledByHandler(rule);
        return this;
    }

    /**
     * A rule for the owners of a thing that has a list of its own of who else may, also without a
     * token; the handler decides by {@link Call#may} and {@link Call#admit}.
     */
    public OperationBuilder<B> policyByThing(String rule) {
        access = new Operation.Access.RuledByThing(rule);
        return this;
    }

    /** Needs no token: version documents, discovery, the making of tokens. */
    public OperationBuilder<B> openToAll() {
        access = new Operation.Access.Open();
        return this;
    }

    /** One line for the reference. */
    public OperationBuilder<B> doc(String line) {
        doc = line;
        return this;
    }

    /** The first version that has the operation. */
    public OperationBuilder<B> since(String version) {
        since = Optional.of(Microversion.of(version));
        return this;
    }

    /** The last version that has the operation. */
    public OperationBuilder<B> until(String version) {
        until = Optional.of(Microversion.of(version));
        return this;
    }

    public OperationBuilder<B> params(Param... more) {
        params.addAll(List.of(more));
        return this;
    }

    public OperationBuilder<B> params(List<Param> more) {
        params.addAll(more);
        return this;
    }

    /** Unknown parameters are passed over in place of being refused. */
    public OperationBuilder<B> anyParam() {
        anyParam = true;
        return this;
    }

    /** Unknown parameters are passed over for clients older than the version, and refused since. */
    public OperationBuilder<B> anyParamBefore(String version) {
        anyParamBefore = Optional.of(Microversion.of(version));
        return this;
    }

    public <C> OperationBuilder<C> body(Class<C> type) {
        @SuppressWarnings("unchecked") // the type parameter only says what body() names
        OperationBuilder<C> typed = (OperationBuilder<C>) this;
        typed.body = Optional.of(type);
        return typed;
    }

    /**
     * The request may come without a body; the handler then gets the record read from {@code {}}.
     */
    public OperationBuilder<B> bodyOptional() {
        bodyOptional = true;
        return this;
    }

    public OperationBuilder<B> replies(Type view) {
        reply = Optional.of(view);
        return this;
    }

    public OperationBuilder<B> status(int code) {
        status = code;
        return this;
    }

    /** What clients older than {@code version} see. */
    public OperationBuilder<B> before(String version, Consumer<ObjectNode> answer) {
        conversions.add(Conversion.ofAnswer(version, answer));
        return this;
    }

    /** How a request of a client older than {@code version} becomes a newer one. */
    public OperationBuilder<B> requestBefore(String version, Consumer<ObjectNode> request) {
        conversions.add(Conversion.ofRequest(version, request));
        return this;
    }

    public OperationBuilder<B> conversions(List<Conversion> more) {
        conversions.addAll(more);
        return this;
    }

    public Operation reads(Operation.Read read) {
        return new Operation(this, new Operation.Handler.Reads(read));
    }

    public Operation writes(Operation.Write<B> write) {
        return new Operation(this, new Operation.Handler.Writes<>(write));
    }

    public Operation computes(Operation.Compute<B> compute) {
        return new Operation(this, new Operation.Handler.Computes<>(compute));
    }

    public Operation streams(Operation.Stream stream) {
        return new Operation(this, new Operation.Handler.Streams(stream));
    }
}
