package cloud.welkin.identity.saml;

/** A response or metadata that is not to be believed; why is for the log, not for who sent it. */
public final class SamlRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    SamlRefused(String why) {
        super(why);
    }

    SamlRefused(String why, Throwable cause) {
        super(why, cause);
    }
}
