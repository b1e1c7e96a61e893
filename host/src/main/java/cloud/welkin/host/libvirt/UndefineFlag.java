package cloud.welkin.host.libvirt;

/** What goes or stays with a domain's definition (virDomainUndefineFlagsValues). */
public enum UndefineFlag implements Flag {
    MANAGED_SAVE(0),
    SNAPSHOTS_METADATA(1),
    NVRAM(2),
    KEEP_NVRAM(3),
    CHECKPOINTS_METADATA(4),
    TPM(5),
    KEEP_TPM(6);

    private final int shift;

    UndefineFlag(int shift) {
        this.shift = shift;
    }

    @Override
    public int bit() {
        return 1 << shift;
    }
}
