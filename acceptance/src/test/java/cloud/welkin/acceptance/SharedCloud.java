package cloud.welkin.acceptance;

import java.util.Arrays;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Starts the shared cloud at the first test that wants it and ends it, with its checks, after the
 * last. {@code -Dwelkin.acceptance.settings=compute.driver=simulated} chooses its settings
 * (comma-separated).
 */
final class SharedCloud implements ParameterResolver {
    private static final ExtensionContext.Namespace STORE =
            ExtensionContext.Namespace.create(SharedCloud.class);

    private record Holder(CloudUnderTest cloud) implements AutoCloseable {
        @Override
        public void close() {
            cloud.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == CloudUnderTest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(STORE)
                .computeIfAbsent("cloud", key -> new Holder(start()), Holder.class)
                .cloud();
    }

    private static CloudUnderTest start() {
        String settings = System.getProperty("welkin.acceptance.settings", "");
        return CloudUnderTest.start(
                Arrays.stream(settings.split(","))
                        .filter(setting -> !setting.isEmpty())
                        .toArray(String[]::new));
    }
}
