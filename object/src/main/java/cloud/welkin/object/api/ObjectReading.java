package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;

/** Reading objects, as data or as pages of a site. */
public final class ObjectReading {
    private final ObjectAnswers answers;
    private final StaticWebsite website;

    public ObjectReading(ObjectAnswers answers, StaticWebsite website) {
        this.answers = answers;
        this.website = website;
    }

    void get(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        ObjectAnswers.Sent found;
        try {
            found = answers.find(call, path);
            if (website.isMarker(call, path, found.object())) {
                throw Failure.notFound("The resource could not be found.");
            }
        } catch (Failure failure) {
            website.answerInstead(call, exchange, path, failure);
            return;
        }
        answers.serve(call, exchange, path, found, 200);
    }

    void preflight(Call call, Exchange exchange) {
        Cors.preflight(call, exchange, answers.container(SwiftPath.of(call)));
    }
}
