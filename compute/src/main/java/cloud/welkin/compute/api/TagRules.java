package cloud.welkin.compute.api;

import cloud.welkin.kernel.failure.Failure;
import java.util.List;

/** What a server's tag may be, and how many it may have. */
final class TagRules {
    private static final int LONGEST = 60;
    private static final int MOST = 50;

    private TagRules() {}

    static void check(String tag) {
        if (tag.isEmpty() || tag.codePointCount(0, tag.length()) > LONGEST) {
            throw Failure.badRequest(
                    "Tag '%s' is invalid. It must be 1 to %d characters long.",
                    tag.length() > LONGEST ? tag.substring(0, LONGEST) : tag, LONGEST);
        }
        if (tag.indexOf(',') >= 0 || tag.indexOf('/') >= 0 || tag.indexOf('\0') >= 0) {
            throw Failure.badRequest(
                    "Tag '%s' is invalid. It must be a string without characters '/' and ','.",
                    tag);
        }
    }

    static void checkCount(List<String> tags) {
        if (tags.size() > MOST) {
            throw Failure.badRequest("The number of tags exceeded the per-server limit %d", MOST);
        }
    }
}
