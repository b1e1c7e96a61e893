package cloud.welkin.object.engine;

/**
 * Where a body is, as its engine understands it: kept in the object's row, never shown to clients.
 */
public record Locator(String text) {
    @Override
    public String toString() {
        return text;
    }
}
