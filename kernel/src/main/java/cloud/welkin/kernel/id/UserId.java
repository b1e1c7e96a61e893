package cloud.welkin.kernel.id;

/**
 * The id of a user: 32 hexadecimal digits for users of the database, 64 for those of a directory.
 */
public record UserId(String value) {
    @Override
    public String toString() {
        return value;
    }
}
