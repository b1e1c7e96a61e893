package cloud.welkin.kernel.api;

import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client older than {@code since} is shown or may send, as a change to the JSON of the
 * version just above: answers are converted down from the newest, requests up to it, one version at
 * a time. The operation itself knows only the newest form.
 *
 * @param since the version that brought the newer form
 * @param answer makes the newer answer an older one
 * @param request makes an older request a newer one
 */
public record Conversion(
        Microversion since, Consumer<ObjectNode> answer, Consumer<ObjectNode> request) {
    public static Conversion ofAnswer(String since, Consumer<ObjectNode> answer) {
        return new Conversion(Microversion.of(since), answer, request -> {});
    }

    public static Conversion ofRequest(String since, Consumer<ObjectNode> request) {
        return new Conversion(Microversion.of(since), answer -> {}, request);
    }
}
