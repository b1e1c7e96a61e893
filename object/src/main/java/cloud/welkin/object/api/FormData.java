package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.FileItemInput;
import org.apache.commons.fileupload2.core.FileItemInputIterator;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.RequestContext;

/** The parts of a form that a browser sends as {@code multipart/form-data}, read as they come. */
public final class FormData {
    private static final int LONGEST_FIELD = 8192;
    private static final int MOST_PARTS = 1000;

    private final FileItemInputIterator parts;
    private int count;

    private FormData(FileItemInputIterator parts) {
        this.parts = parts;
    }

    /** Whether a request carries such a form. */
    public static boolean isMeant(Optional<String> contentType) {
        return contentType
                .filter(it -> it.toLowerCase(Locale.ROOT).startsWith("multipart/form-data"))
                .isPresent();
    }

    /**
     * @throws Failure 400 when it is no such form
     */
    public static FormData of(String contentType, Exchange exchange) {
        try {
            return new FormData(new Reader().getItemIterator(new Form(contentType, exchange)));
        } catch (IOException | RuntimeException e) {
            throw broken(e);
        }
    }

    /**
     * A part of it.
     *
     * @param file the name of the file that was chosen; absent for a plain field
     */
    public record Part(
            String name, Optional<String> file, Optional<String> contentType, FileItemInput input) {
        /** The value of a plain field. */
        public String text() {
            try (InputStream in = input.getInputStream()) {
                byte[] bytes = in.readNBytes(LONGEST_FIELD + 1);
                if (bytes.length > LONGEST_FIELD) {
                    throw Failure.badRequest(
                            "The form's field %s is longer than %d bytes.", name, LONGEST_FIELD);
                }
                return new String(bytes, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw broken(e);
            }
        }

        public InputStream body() {
            try {
                return input.getInputStream();
            } catch (IOException e) {
                throw broken(e);
            }
        }

        public Optional<String> header(String header) {
            return Optional.ofNullable(input.getHeaders())
                    .flatMap(headers -> Optional.ofNullable(headers.getHeader(header)));
        }
    }

    /** The next part; what was not read of the one before is passed over. */
    public Optional<Part> next() {
        try {
            if (!parts.hasNext()) {
                return Optional.empty();
            }
            if (++count > MOST_PARTS) {
                throw Failure.badRequest("The form has more than %d parts.", MOST_PARTS);
            }
            FileItemInput input = parts.next();
            return Optional.of(
                    new Part(
                            Optional.ofNullable(input.getFieldName()).orElse(""),
                            input.isFormField() ? Optional.empty() : Optional.of(file(input)),
                            Optional.ofNullable(input.getContentType()),
                            input));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static String file(FileItemInput input) {
        return Optional.ofNullable(input.getName()).orElse("");
    }

    private static Failure broken(Exception e) {
        return Failure.badRequest("The form cannot be read.").because(String.valueOf(e));
    }

    private record Form(String contentType, Exchange exchange) implements RequestContext {
        @Override
        public String getCharacterEncoding() {
            return StandardCharsets.UTF_8.name();
        }

        @Override
        public long getContentLength() {
            return exchange.contentLength().orElse(-1);
        }

        @Override
        public String getContentType() {
            return contentType;
        }

        @Override
        public InputStream getInputStream() {
            return exchange.body();
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }

    /** Only its reading of streams is used: nothing is ever put on a disk. */
    private static final class Reader
            extends AbstractFileUpload<Exchange, DiskFileItem, DiskFileItemFactory> {
        @Override
        public FileItemInputIterator getItemIterator(Exchange exchange) throws FileUploadException {
            throw new FileUploadException("read by a context");
        }

        @Override
        public Map<String, List<DiskFileItem>> parseParameterMap(Exchange exchange)
                throws FileUploadException {
            throw new FileUploadException("read as a stream");
        }

        @Override
        public List<DiskFileItem> parseRequest(Exchange exchange) throws FileUploadException {
            throw new FileUploadException("read as a stream");
        }
    }
}
