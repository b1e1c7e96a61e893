package cloud.welkin.host.libvirt;

/** Flags of the operations on disks, named as in libvirt. */
public final class DiskFlags {

    private DiskFlags() {}

    /** virDomainBlockCopyFlags. */
    public enum Copy implements Flag {
        SHALLOW(0),
        REUSE_EXTERNAL(1),
        TRANSIENT_JOB(2),
        SYNCHRONOUS_WRITES(3);

        private final int shift;

        Copy(int shift) {
            this.shift = shift;
        }

        @Override
        public int bit() {
            return 1 << shift;
        }
    }

    /** virDomainBlockCommitFlags. */
    public enum Commit implements Flag {
        SHALLOW(0),
        DELETE(1),
        ACTIVE(2),
        RELATIVE(3);

        private final int shift;

        Commit(int shift) {
            this.shift = shift;
        }

        @Override
        public int bit() {
            return 1 << shift;
        }
    }

    /** virDomainBlockJobAbortFlags. */
    public enum JobAbort implements Flag {
        /** Do not wait for the end: an event tells it. */
        ASYNC(0),
        /** The copy becomes the disk. */
        PIVOT(1);

        private final int shift;

        JobAbort(int shift) {
            this.shift = shift;
        }

        @Override
        public int bit() {
            return 1 << shift;
        }
    }

    /** virDomainSnapshotCreateFlags. */
    public enum Snapshot implements Flag {
        REDEFINE(0),
        CURRENT(1),
        NO_METADATA(2),
        HALT(3),
        DISK_ONLY(4),
        REUSE_EXTERNAL(5),
        QUIESCE(6),
        ATOMIC(7),
        LIVE(8),
        VALIDATE(9);

        private final int shift;

        Snapshot(int shift) {
            this.shift = shift;
        }

        @Override
        public int bit() {
            return 1 << shift;
        }
    }
}
