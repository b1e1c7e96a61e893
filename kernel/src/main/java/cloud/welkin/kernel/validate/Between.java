package cloud.welkin.kernel.validate;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The range of a number, both ends included. Holds for the value inside of an Optional, a Field or
 * a list's items as well.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Between {
    long min() default Long.MIN_VALUE;

    long max() default Long.MAX_VALUE;
}
