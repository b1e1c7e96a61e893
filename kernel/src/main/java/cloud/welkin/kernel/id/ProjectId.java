package cloud.welkin.kernel.id;

/**
 * The id of a project: 32 hexadecimal digits where Welkin made it, any text where a deployment
 * brought its own.
 */
public record ProjectId(String value) implements Comparable<ProjectId> {
    @Override
    public int compareTo(ProjectId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
