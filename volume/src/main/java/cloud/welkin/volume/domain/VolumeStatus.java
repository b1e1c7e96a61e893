package cloud.welkin.volume.domain;

import java.util.Locale;
import java.util.Set;

/**
 * The states of a volume. Those in which something happens have an end that nobody has to ask for:
 * AWAITING_TRANSFER ends when the offer is taken or withdrawn; CREATING, EXTENDING and DELETING end
 * by the host's report, which comes as long as the host lives and waits for it else; RESERVED,
 * ATTACHING and DETACHING end with the attachment, whose server (or its deletion) settles it.
 */
public enum VolumeStatus {
    CREATING,
    AVAILABLE,
    RESERVED,
    ATTACHING,
    IN_USE,
    DETACHING,
    EXTENDING,
    AWAITING_TRANSFER,
    DELETING,
    ERROR,
    ERROR_EXTENDING,
    ERROR_DELETING;

    /** As Cinder spells it. */
    public String word() {
        return switch (this) {
            case IN_USE, AWAITING_TRANSFER -> name().toLowerCase(Locale.ROOT).replace('_', '-');
            case CREATING,
                    AVAILABLE,
                    RESERVED,
                    ATTACHING,
                    DETACHING,
                    EXTENDING,
                    DELETING,
                    ERROR,
                    ERROR_EXTENDING,
                    ERROR_DELETING ->
                    name().toLowerCase(Locale.ROOT);
        };
    }

    public static VolumeStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** The states that can follow this one. */
    public Set<VolumeStatus> next() {
        return switch (this) {
            case CREATING -> Set.of(AVAILABLE, ERROR, DELETING);
            case AVAILABLE ->
                    Set.of(RESERVED, ATTACHING, EXTENDING, AWAITING_TRANSFER, DELETING, ERROR);
            case AWAITING_TRANSFER -> Set.of(AVAILABLE, DELETING);
            case RESERVED -> Set.of(AVAILABLE, ATTACHING, IN_USE);
            case ATTACHING -> Set.of(AVAILABLE, IN_USE, RESERVED);
            case IN_USE -> Set.of(DETACHING, AVAILABLE, RESERVED, ATTACHING);
            case DETACHING -> Set.of(AVAILABLE, IN_USE, RESERVED, ATTACHING);
            case EXTENDING -> Set.of(AVAILABLE, ERROR_EXTENDING, DELETING);
            case DELETING -> Set.of(ERROR_DELETING);
            case ERROR, ERROR_EXTENDING, ERROR_DELETING -> Set.of(DELETING);
        };
    }

    /** Whether something is under way. */
    public boolean inTransit() {
        return switch (this) {
            case CREATING, RESERVED, ATTACHING, DETACHING, EXTENDING, DELETING -> true;
            case AVAILABLE, AWAITING_TRANSFER, IN_USE, ERROR, ERROR_EXTENDING, ERROR_DELETING ->
                    false;
        };
    }

    /** Whether a server has it, or is about to have it. */
    public boolean ofServer() {
        return switch (this) {
            case RESERVED, ATTACHING, IN_USE, DETACHING -> true;
            case CREATING,
                    AVAILABLE,
                    AWAITING_TRANSFER,
                    EXTENDING,
                    DELETING,
                    ERROR,
                    ERROR_EXTENDING,
                    ERROR_DELETING ->
                    false;
        };
    }

    /** Whether its owner may delete it. */
    public boolean deletable() {
        return switch (this) {
            case AVAILABLE, ERROR, ERROR_EXTENDING, ERROR_DELETING -> true;
            case CREATING,
                    RESERVED,
                    ATTACHING,
                    IN_USE,
                    DETACHING,
                    EXTENDING,
                    AWAITING_TRANSFER,
                    DELETING ->
                    false;
        };
    }
}
