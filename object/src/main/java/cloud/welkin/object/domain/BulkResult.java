package cloud.welkin.object.domain;

import java.util.List;

/**
 * What became of many things that one request did.
 *
 * @param done how many were done
 * @param notFound how many were not there
 * @param status of the whole, {@code 200 OK} for instance
 * @param message in words, mostly empty
 * @param errors names with the status of each
 */
public record BulkResult(
        int done, int notFound, String status, String message, List<Failed> errors) {
    /** A thing that could not be done. */
    public record Failed(String name, String status) {}
}
