package cloud.welkin.identity.domain;

/** How the limits of projects bear on those of the projects and domains around them. */
public enum LimitModel {
    FLAT(
            "flat",
            "Each project has its own limits, whatever lies above or below it.",
            Integer.MAX_VALUE),
    STRICT_TWO_LEVEL(
            "strict_two_level",
            "Projects lie directly in their domain, and none has a limit above its domain's.",
            2);

    private final String title;
    private final String description;
    private final int deepestTree;

    LimitModel(String title, String description, int deepestTree) {
        this.title = title;
        this.description = description;
        this.deepestTree = deepestTree;
    }

    /** Keystone's name of it. */
    public String title() {
        return title;
    }

    public String description() {
        return description;
    }

    /** How many levels projects may have, the domain being the first. */
    public int deepestTree() {
        return deepestTree;
    }
}
