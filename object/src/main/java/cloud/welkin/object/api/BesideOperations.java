package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Small pages that Swift has beside its API: healthcheck and the cross-domain policy. */
public final class BesideOperations implements OperationGroup {
    private final String doc;
    private final String type;
    private final byte[] text;

    private BesideOperations(String doc, String type, String text) {
        this.doc = doc;
        this.type = type;
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Says OK while the service answers. */
    public static BesideOperations health() {
        return new BesideOperations(
                "Says OK while the object service answers.", "text/plain", "OK");
    }

    /** Lets players of other sites read what is public; credentials are never sent along. */
    public static BesideOperations crossDomain() {
        return new BesideOperations(
                "Tells players which sites may read: all, what is public.",
                "application/xml",
                """
                <?xml version="1.0"?>
                <!DOCTYPE cross-domain-policy SYSTEM \
                "http://www.adobe.com/xml/dtds/cross-domain-policy.dtd" >
                <cross-domain-policy>
                <allow-access-from domain="*" secure="false" />
                </cross-domain-policy>""");
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("")
                        .openToAll()
                        .anyParam()
                        .doc(doc)
                        .streams(
                                (call, exchange) -> {
                                    Map<String, String> headers = Answers.headers(call);
                                    headers.put("Content-Type", type + "; charset=utf-8");
                                    Answers.send(exchange, 200, headers, text);
                                }));
    }
}
