package cloud.welkin.host.libvirt;

/** What a change applies to (virDomainModificationImpact). */
public enum Scope implements Flag {
    /** The running guest if there is one, else the definition. */
    CURRENT(0),
    /** The running guest only. */
    LIVE(1),
    /** The definition: from the next start on. */
    CONFIG(2),
    LIVE_AND_CONFIG(3);

    private final int bit;

    Scope(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}
