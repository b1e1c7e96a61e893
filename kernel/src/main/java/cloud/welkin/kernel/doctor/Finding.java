package cloud.welkin.kernel.doctor;

import java.util.List;

/**
 * One place where an invariant does not hold.
 *
 * @param wrong one sentence: what is wrong
 * @param ids of the things it is wrong of
 * @param heals what will mend it, or what a person has to do
 */
public record Finding(String wrong, List<String> ids, String heals) {

    public Finding {
        ids = List.copyOf(ids);
    }
}
