package cloud.welkin.identity.ldap;

/** A directory does not answer, or not as it should, or cannot be asked as it is configured. */
final class DirectoryUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    DirectoryUnavailable(String why) {
        // What happened is in the words; a stack for each request of an outage would drown them.
        super(why, null, false, false);
    }

    String why() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
