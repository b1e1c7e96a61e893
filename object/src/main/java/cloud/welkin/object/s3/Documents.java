package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Exchange;
import java.io.IOException;

/** Small bodies of requests: the XML and JSON of settings. */
final class Documents {
    private static final int LARGEST = 1 << 20;

    private Documents() {}

    /**
     * The whole body, checked as it was signed.
     *
     * @throws cloud.welkin.kernel.failure.Failure MalformedXML beyond a megabyte
     */
    static byte[] read(Sender sender, Exchange exchange) {
        try {
            byte[] body =
                    sender.payload()
                            .body(sender.call(), exchange, Checksum.of(sender.call()))
                            .readNBytes(LARGEST + 1);
            if (body.length > LARGEST) {
                throw S3Code.MalformedXML.failure("The document is larger than a megabyte.");
            }
            return body;
        } catch (IOException e) {
            throw S3Code.IncompleteBody.failure().because(String.valueOf(e.getMessage()));
        }
    }
}
