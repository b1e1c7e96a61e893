package cloud.welkin.server;

import cloud.welkin.compute.MetadataService;
import cloud.welkin.server.UnixHttp.Answer;
import cloud.welkin.server.UnixHttp.Question;
import java.util.Optional;

/**
 * What the hosts' metadata proxies ask for their guests. The proxy, never the guest, says who asks.
 */
record Metadata(MetadataService service) {
    Answer answer(Question question) {
        Optional<String> network = question.header().apply("X-OVN-Network-ID");
        Optional<String> address = question.header().apply("X-Forwarded-For");
        if (network.isEmpty() || address.isEmpty()) {
            return Answer.text(400, "the proxy did not say who asks\n");
        }
        if (!question.method().equals("GET") && !question.method().equals("HEAD")) {
            return Answer.text(405, "read only\n");
        }
        return service.answer(network.get(), address.get(), question.path())
                .map(found -> new Answer(200, found.contentType(), found.body()))
                .orElseGet(() -> Answer.text(404, "404 Not Found\n"));
    }
}
