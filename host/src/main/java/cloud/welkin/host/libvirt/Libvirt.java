package cloud.welkin.host.libvirt;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The installed libvirt library (libvirt.so.0, 9.0 or newer), loaded at its first use and kept for
 * the life of the program.
 *
 * <p>Loading initialises the library, keeps it from printing errors on stderr (they are exceptions
 * here) and starts the one event loop that keepalive, events and console streams need.
 */
public final class Libvirt {

    private static final String LIBRARY = "libvirt.so.0";
    private static final String QEMU_LIBRARY = "libvirt-qemu.so.0";

    final NativeSystem system;
    final NativeConnect connect;
    final NativeDomain domain;
    final NativeDevices devices;
    final NativeQemu qemu;
    final EventRouter router;

    private Libvirt() {
        SymbolLookup library = open(LIBRARY);
        system = NativeBinding.bind(NativeSystem.class, library);
        connect = NativeBinding.bind(NativeConnect.class, library);
        domain = NativeBinding.bind(NativeDomain.class, library);
        devices = NativeBinding.bind(NativeDevices.class, library);
        qemu = NativeBinding.bind(NativeQemu.class, openIfPresent(QEMU_LIBRARY));
        LastError errors = new LastError(system);
        errors.check(system.virInitialize());
        system.virSetErrorFunc(MemorySegment.NULL, silence());
        errors.check(system.virEventRegisterDefaultImpl());
        router = new EventRouter(system, domain);
        EventLoop.start(system);
    }

    /** Loads on first access; a failed load is tried again at the next access. */
    private static volatile @org.jspecify.annotations.Nullable Libvirt loaded;

    private static final Object LOADING = new Object();

    /**
     * The loaded library.
     *
     * @throws LibvirtException UNSUPPORTED_LIBRARY if libvirt is missing or too old
     */
    static Libvirt load() {
        Libvirt present = loaded;
        if (present != null) {
            return present;
        }
        synchronized (LOADING) {
            if (loaded == null) {
                loaded = new Libvirt();
            }
            return loaded;
        }
    }

    /** Whether the library can be loaded on this machine. */
    public static boolean isInstalled() {
        try {
            open(LIBRARY);
            return true;
        } catch (LibvirtException missing) {
            return false;
        }
    }

    /**
     * Version of the client library.
     *
     * @throws LibvirtException UNSUPPORTED_LIBRARY if libvirt is missing or too old
     */
    public static Version version() {
        Libvirt library = load();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(ValueLayout.JAVA_LONG);
            int result =
                    library.system.virGetVersion(version, MemorySegment.NULL, MemorySegment.NULL);
            new LastError(library.system).check(result);
            return Version.of(version.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    private static SymbolLookup open(String name) {
        try {
            return SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException missing) {
            throw LibvirtException.of(
                    ErrorCode.UNSUPPORTED_LIBRARY,
                    "%s cannot be loaded: install libvirt's client library (Debian: libvirt0)"
                            .formatted(name));
        }
    }

    private static SymbolLookup openIfPresent(String name) {
        try {
            return open(name);
        } catch (LibvirtException missing) {
            return symbol -> java.util.Optional.empty();
        }
    }

    private static MemorySegment silence() {
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .findStatic(
                                            Libvirt.class,
                                            "ignore",
                                            MethodType.methodType(
                                                    void.class,
                                                    MemorySegment.class,
                                                    MemorySegment.class)),
                            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                            Arena.global());
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("ignore", impossible);
        }
    }

    /** libvirt's error printer, replaced by silence. */
    static void ignore(MemorySegment userData, MemorySegment error) {}
}
