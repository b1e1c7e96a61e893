package cloud.welkin.kernel.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What a client sees whose request never reached a service: malformed HTTP, no such page. Tells the
 * status, no more.
 */
final class PlainErrors implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        String reason = HttpStatus.getMessage(status);
        String body =
                "{\"error\": {\"code\": "
                        + status
                        + ", \"title\": \""
                        + reason
                        + "\", \"message\": \""
                        + reason
                        + "\"}}";
        response.getHeaders().put("Content-Type", "application/json");
        if (status == HttpStatus.BAD_REQUEST_400) {
            // Jetty closes after malformed HTTP; a client with a pool must know.
            response.getHeaders().put("Connection", "close");
        }
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
        return true;
    }
}
