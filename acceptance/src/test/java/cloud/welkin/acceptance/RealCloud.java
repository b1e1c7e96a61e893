package cloud.welkin.acceptance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests on the one cloud with real engines that this run's test classes share; a parameter of its
 * type is handed in.
 */
@Tag("engine")
@ExtendWith(SharedCloud.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface RealCloud {}
