package cloud.welkin.kernel.work;

/**
 * What a reconciler did.
 *
 * @param changed how many things in the world (or rows) it changed; 0 when all was as intended
 * @param message one sentence for an operator, may be empty
 */
public record Report(int changed, String message) {

    public static Report nothing() {
        return new Report(0, "");
    }

    public static Report changed(int things, String message) {
        return new Report(things, message);
    }
}
