package cloud.welkin.host.libvirt;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The failures that somebody decides by; numbers are libvirt's virErrorNumber, negative ones ours.
 */
public enum ErrorCode {
    /** The library is missing, or lacks a function that is needed. */
    UNSUPPORTED_LIBRARY(-1),
    /** The daemon or the way to it is gone; whether the call took effect is not known. */
    CONNECTION_LOST(-2),
    /** The connection or the domain's reference was closed by this program before the call. */
    CLOSED(-3),
    /** Something inside libvirt or the hypervisor; the message says what. */
    INTERNAL(1),
    NO_MEMORY(2),
    /** The driver does not have this function. */
    NO_SUPPORT(3),
    UNKNOWN_HOST(4),
    NO_CONNECT(5),
    INVALID_CONNECTION(6),
    INVALID_DOMAIN(7),
    INVALID_ARGUMENT(8),
    OPERATION_FAILED(9),
    /** The XML lacks the domain's name. */
    NO_NAME(21),
    /** The XML lacks the kind of guest. */
    NO_OS(22),
    /** The XML lacks something or contradicts itself. */
    XML_ERROR(27),
    /** A domain of this name or UUID exists. */
    DOMAIN_EXISTS(28),
    OPERATION_DENIED(29),
    /** The XML is not well-formed. */
    XML_MALFORMED(35),
    /** The operating system refused; at opening a connection: nobody listens. */
    SYSTEM_ERROR(38),
    RPC(39),
    /** No domain of this name or UUID. */
    NO_DOMAIN(42),
    AUTHENTICATION_FAILED(45),
    /** Not in the domain's present state. */
    OPERATION_INVALID(55),
    CONFIG_UNSUPPORTED(67),
    /** Another job holds the domain, or the hypervisor did not answer in time. */
    OPERATION_TIMEOUT(68),
    MIGRATE_PERSIST_FAILED(69),
    NO_SNAPSHOT(72),
    ARGUMENT_UNSUPPORTED(74),
    OPERATION_ABORTED(78),
    NO_METADATA(80),
    MIGRATE_UNSAFE(81),
    OVERFLOW(82),
    /** The disk has a block job already. */
    BLOCK_COPY_ACTIVE(83),
    OPERATION_UNSUPPORTED(84),
    /** The guest agent is not there or does not answer. */
    AGENT_UNRESPONSIVE(86),
    RESOURCE_BUSY(87),
    ACCESS_DENIED(88),
    CPU_INCOMPATIBLE(91),
    XML_INVALID_SCHEMA(92),
    AGENT_UNSYNCED(97),
    /** No such device in the domain. */
    DEVICE_MISSING(99),
    NO_CHECKPOINT(103),
    NO_BACKUP(104),
    CHECKPOINT_INCONSISTENT(109),
    /** Any other; {@link LibvirtException#number()} tells. */
    OTHER(0);

    private static final Map<Integer, ErrorCode> BY_NUMBER =
            Arrays.stream(values())
                    .collect(Collectors.toMap(code -> code.number, Function.identity()));

    private final int number;

    ErrorCode(int number) {
        this.number = number;
    }

    static ErrorCode of(int number) {
        return number > 0 ? BY_NUMBER.getOrDefault(number, OTHER) : OTHER;
    }
}
