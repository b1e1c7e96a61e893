package cloud.welkin.identity.saml;

/** A response or metadata that is not to be believed; why is for the log, not for who sent it. */
public final class SamlRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String why;

    SamlRefused(String why) {
        super(why);
        this.why = why;
    }

    SamlRefused(String why, Throwable cause) {
        super(why, cause);
        this.why = why;
    }

    public String why() {
        return why;
    }
}
