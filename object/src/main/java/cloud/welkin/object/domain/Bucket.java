package cloud.welkin.object.domain;

/**
 * A container as S3 sees it.
 *
 * @param account whose it is, {@code AUTH_} and the project's id
 */
public record Bucket(Container container, String account) {
    private static final String PREFIX = "AUTH_";

    /** The id of the project whose it is. */
    public String project() {
        return account.startsWith(PREFIX) ? account.substring(PREFIX.length()) : account;
    }
}
