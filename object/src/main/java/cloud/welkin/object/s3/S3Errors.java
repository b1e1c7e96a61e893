package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** S3's refusals: {@code <Error><Code>...}. */
public final class S3Errors implements ErrorForm {
    @Override
    public Object body(Failure failure, String requestId) {
        return new Xml("Error", "")
                .text("Code", S3Code.of(failure).name())
                .text("Message", failure.text())
                .text("RequestId", requestId)
                .text("HostId", "welkin")
                .toString();
    }

    @Override
    public int status(Failure failure) {
        return S3Code.of(failure).kind().status();
    }

    @Override
    public byte[] bytes(Failure failure, String requestId) {
        return body(failure, requestId).toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String contentType() {
        return "application/xml";
    }

    @Override
    public Map<String, String> headers(String requestId) {
        return Map.of("x-amz-request-id", requestId);
    }
}
