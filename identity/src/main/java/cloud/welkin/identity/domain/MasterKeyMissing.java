package cloud.welkin.identity.domain;

/** The database's keys are wrapped by a master key that this program was not given. */
public final class MasterKeyMissing extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param name of the master key that is missing
     */
    public MasterKeyMissing(String name) {
        super("the database's keys are wrapped by the master key " + name);
    }
}
