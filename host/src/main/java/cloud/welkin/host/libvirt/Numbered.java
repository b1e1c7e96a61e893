package cloud.welkin.host.libvirt;

/** Enums that are written in the order of libvirt's numbers, from 0. */
final class Numbered {

    private Numbered() {}

    /**
     * The constant of this number; what stands for the unknown if libvirt knows more than we do.
     */
    static <E extends Enum<E>> E at(E[] constants, int number, E unknown) {
        return number >= 0 && number < constants.length ? constants[number] : unknown;
    }
}
