package cloud.welkin.object.domain;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Who beside the owners may read or write a container, as {@code X-Container-Read} and {@code
 * X-Container-Write} say it: a list of {@code project:user} (ids, each may be {@code *}) and of
 * referrers {@code .r:*}, {@code .r:.example.org}, {@code .r:-host}, with {@code .rlistings} for
 * the listing.
 *
 * @param referrers in their order, of which the last that matches decides
 * @param listings whether those let in by referrer may list
 * @param grantees {@code project:user} and bare words
 */
public record ContainerAcl(List<String> referrers, boolean listings, List<String> grantees) {
    private static final Set<String> REFERRER = Set.of(".r", ".ref", ".referer", ".referrer");

    /**
     * @param writing whether it is about writing, where referrers make no sense
     * @throws IllegalArgumentException in words for the client
     */
    public static ContainerAcl parse(String text, boolean writing) {
        List<String> referrers = new ArrayList<>();
        List<String> grantees = new ArrayList<>();
        boolean listings = false;
        for (String part : text.split(",", -1)) {
            String entry = part.strip();
            String first = entry.split(":", 2)[0].strip();
            if (entry.isEmpty()) {
                continue;
            }
            if (!first.startsWith(".")) {
                grantees.add(entry);
            } else if (first.equals(".rlistings")) {
                listings = true;
            } else if (!REFERRER.contains(first)) {
                throw new IllegalArgumentException(
                        "Unknown designator '" + first + "' in ACL: '" + entry + "'");
            } else if (writing) {
                throw new IllegalArgumentException(
                        "Referrers not allowed in write ACL: '" + entry + "'");
            } else {
                referrers.add(referrer(entry));
            }
        }
        return new ContainerAcl(List.copyOf(referrers), listings, List.copyOf(grantees));
    }

    private static String referrer(String entry) {
        String[] halves = entry.split(":", 2);
        String host = halves.length == 2 ? halves[1].strip() : "";
        boolean not = host.startsWith("-");
        String name = not ? host.substring(1).strip() : host;
        if (name.startsWith("*") && !name.equals("*")) {
            name = name.substring(1).strip();
        }
        if (name.isEmpty() || name.equals(".")) {
            throw new IllegalArgumentException(
                    "No host/domain value after referrer designation in ACL: '" + entry + "'");
        }
        return (not ? "-" : "") + name;
    }

    /** The list as it is kept and shown. */
    public String text() {
        List<String> parts = new ArrayList<>();
        referrers.forEach(host -> parts.add(".r:" + host));
        if (listings) {
            parts.add(".rlistings");
        }
        parts.addAll(grantees);
        return String.join(",", parts);
    }

    /** Whether a user of a project is named. */
    public boolean names(String project, String user) {
        return grantees.contains(project + ":" + user)
                || grantees.contains(project + ":*")
                || grantees.contains("*:" + user)
                || grantees.contains("*:*");
    }

    /** Whether somebody who comes from that page is let in without being named. */
    public boolean admitsReferrer(Optional<String> page) {
        boolean admitted = false;
        String host = page.flatMap(ContainerAcl::host).orElse("unknown");
        for (String referrer : referrers) {
            boolean not = referrer.startsWith("-");
            String name = not ? referrer.substring(1) : referrer;
            if (name.equals("*")
                    || name.equals(host)
                    || (name.startsWith(".") && host.endsWith(name))) {
                admitted = !not;
            }
        }
        return admitted;
    }

    private static Optional<String> host(String page) {
        try {
            return Optional.ofNullable(URI.create(page).getHost())
                    .map(host -> host.toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
