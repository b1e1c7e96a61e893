package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns a Java interface into a table of native functions: the method's name is the symbol, its
 * parameter types are C's ({@code int} for int and unsigned int, {@code long} for long, size_t and
 * long long, {@link MemorySegment} for every pointer).
 *
 * <p>All symbols are looked up when the table is bound, so that an unfit library is refused at once
 * with the list of what it lacks; the calling stubs are made at the first use of each function.
 * Boxing the arguments costs some tens of nanoseconds where the call itself costs a round trip.
 */
final class NativeBinding implements InvocationHandler {

    /** A function that an older library may lack: calling it there is a clean failure. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Newer {
        /** The libvirt release that brought the function. */
        String since();
    }

    private static final Linker LINKER = Linker.nativeLinker();

    private final SymbolLookup library;
    private final Map<Method, MethodHandle> handles = new ConcurrentHashMap<>();

    private NativeBinding(SymbolLookup library) {
        this.library = library;
    }

    /**
     * Binds all functions of the table.
     *
     * @throws LibvirtException UNSUPPORTED_LIBRARY, naming every mandatory function that is missing
     */
    static <T> T bind(Class<T> table, SymbolLookup library) {
        List<String> missing = new ArrayList<>();
        for (Method function : table.getDeclaredMethods()) {
            if (!function.isAnnotationPresent(Newer.class)
                    && library.find(function.getName()).isEmpty()) {
                missing.add(function.getName());
            }
        }
        if (!missing.isEmpty()) {
            throw LibvirtException.of(
                    ErrorCode.UNSUPPORTED_LIBRARY, "libvirt lacks " + String.join(", ", missing));
        }
        Object proxy =
                Proxy.newProxyInstance(
                        table.getClassLoader(), new Class<?>[] {table}, new NativeBinding(library));
        return table.cast(proxy);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method function, Object @Nullable [] arguments)
            throws Throwable {
        MethodHandle handle = handles.computeIfAbsent(function, this::downcall);
        return (Object) handle.invokeExact(arguments);
    }

    private MethodHandle downcall(Method function) {
        MemorySegment symbol =
                library.find(function.getName()).orElseThrow(() -> lacking(function));
        MemoryLayout[] parameters = new MemoryLayout[function.getParameterCount()];
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] = layout(function.getParameterTypes()[i]);
        }
        FunctionDescriptor descriptor =
                function.getReturnType() == void.class
                        ? FunctionDescriptor.ofVoid(parameters)
                        : FunctionDescriptor.of(layout(function.getReturnType()), parameters);
        return LINKER.downcallHandle(symbol, descriptor)
                .asSpreader(Object[].class, parameters.length)
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    private static LibvirtException lacking(Method function) {
        Newer newer = function.getAnnotation(Newer.class);
        return LibvirtException.of(
                ErrorCode.NO_SUPPORT,
                "%s needs libvirt %s"
                        .formatted(function.getName(), newer == null ? "?" : newer.since()));
    }

    private static MemoryLayout layout(Class<?> type) {
        if (type == int.class) {
            return JAVA_INT;
        }
        if (type == long.class) {
            return JAVA_LONG;
        }
        if (type == MemorySegment.class) {
            return ADDRESS;
        }
        throw new IllegalArgumentException("no C type for " + type);
    }
}
