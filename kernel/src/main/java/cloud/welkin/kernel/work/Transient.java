package cloud.welkin.kernel.work;

/**
 * Marks an exception that may well not come again: the step that threw it is retried, with backoff
 * and a bound.
 */
public interface Transient {}
