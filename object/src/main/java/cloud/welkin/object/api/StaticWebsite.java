package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.ListingQuery;
import cloud.welkin.object.domain.ListingQuery.Line;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Containers as web sites (Swift's middleware staticweb): for who comes without a token, or asks by
 * {@code X-Web-Mode: true}, {@code X-Container-Meta-Web-Index} names the page of a folder, {@code
 * Web-Listings} makes one of its contents, {@code Web-Error} is the ending of the pages for
 * refusals, {@code 404error.html} for instance. Who may read is decided as ever.
 */
public final class StaticWebsite {
    private static final String STYLE =
            "h1{font-size:1em;font-weight:bold}table{border-collapse:collapse}"
                    + "td,th{padding:0 1em 0 0;text-align:left}";

    private final Database database;
    private final ContainerTable containers;
    private final ObjectTable objects;
    private final ObjectAnswers answers;
    private final Clock clock;
    private final Admission admission;

    public StaticWebsite(
            Database database,
            ContainerTable containers,
            ObjectTable objects,
            ObjectAnswers answers,
            Clock clock) {
        this.database = database;
        this.containers = containers;
        this.objects = objects;
        this.answers = answers;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    /** What a container says about its pages. */
    private record Site(
            Container container,
            Optional<String> index,
            boolean listings,
            Optional<String> error,
            Optional<String> style,
            Optional<String> label,
            String directoryType) {
        static Site of(Container container) {
            return new Site(
                    container,
                    setting(container, "index"),
                    setting(container, "listings").filter(Answers::isTrue).isPresent(),
                    setting(container, "error"),
                    setting(container, "listings-css"),
                    setting(container, "listings-label"),
                    setting(container, "directory-type").orElse("application/directory"));
        }

        private static Optional<String> setting(Container container, String name) {
            return container.header("x-container-meta-web-" + name);
        }

        boolean hasPages() {
            return index.isPresent() || listings;
        }
    }

    /** The site that the request is for, if it is for one. */
    private Optional<Site> site(Call call, SwiftPath path) {
        boolean wanted = call.header("X-Web-Mode").filter(Answers::isTrue).isPresent();
        boolean signed = call.query().has("temp_url_sig");
        if (!wanted && (call.callerIfAny().isPresent() || signed)) {
            return Optional.empty();
        }
        return database.read(tx -> containers.find(tx, path.account(), path.container().orElse("")))
                .map(Site::of);
    }

    /**
     * Answers for a container as a site.
     *
     * @return false when it is none: its listing is meant
     */
    boolean answeredContainer(Call call, Exchange exchange, SwiftPath path) {
        Optional<Site> found = site(call, path).filter(Site::hasPages);
        if (found.isEmpty()) {
            return false;
        }
        Site site = found.get();
        if (!call.rawPath().endsWith("/")) {
            redirect(call, exchange);
            return true;
        }
        try {
            if (site.index().isEmpty() || !served(call, exchange, path, site.index().get(), 200)) {
                list(call, exchange, path, site, "");
            }
        } catch (Failure e) {
            refuse(call, exchange, path, site, e);
        }
        return true;
    }

    /**
     * Answers for an object of a site that cannot be had as it is: a folder, or a page that says
     * so.
     *
     * @param failure what its reading ended with
     * @throws Failure the same when the container is no site
     */
    void answerInstead(Call call, Exchange exchange, SwiftPath path, Failure failure) {
        Optional<Site> found =
                site(call, path).filter(it -> it.hasPages() || it.error().isPresent());
        if (found.isEmpty()) {
            throw failure;
        }
        Site site = found.get();
        try {
            if (failure.kind() != FailureKind.NOT_FOUND
                    || !site.hasPages()
                    || !answeredFolder(call, exchange, path, site)) {
                throw failure;
            }
        } catch (Failure e) {
            refuse(call, exchange, path, site, e);
        }
    }

    /** Whether the object marks a folder: nobody wants to see it. */
    boolean isMarker(Call call, SwiftPath path, StoredObject object) {
        return object.size() <= 1
                && site(call, path)
                        .filter(Site::hasPages)
                        .filter(site -> site.directoryType().equals(object.contentType()))
                        .isPresent();
    }

    private boolean answeredFolder(Call call, Exchange exchange, SwiftPath path, Site site) {
        String name = path.object().orElseThrow();
        String folder = name.endsWith("/") ? name : name + "/";
        Optional<String> index = site.index().map(it -> folder + it);
        if (index.isPresent() && isThere(path, index.get())) {
            if (!name.endsWith("/")) {
                redirect(call, exchange);
                return true;
            }
            return served(call, exchange, path, index.get(), 200);
        }
        if (lines(site, folder, 1).isEmpty()) {
            return false;
        }
        if (!name.endsWith("/")) {
            redirect(call, exchange);
            return true;
        }
        list(call, exchange, path, site, folder);
        return true;
    }

    private boolean isThere(SwiftPath path, String name) {
        return database.read(
                        tx -> objects.find(tx, path.account(), path.container().orElse(""), name))
                .object()
                .filter(it -> !it.isExpired(clock.instant()))
                .isPresent();
    }

    private boolean served(Call call, Exchange exchange, SwiftPath path, String name, int status) {
        SwiftPath page = new SwiftPath(path.account(), path.container(), Optional.of(name));
        if (!isThere(page, name)) {
            return false;
        }
        answers.serve(call, exchange, page, status);
        return true;
    }

    private void refuse(Call call, Exchange exchange, SwiftPath path, Site site, Failure failure) {
        int status = failure.kind().status();
        boolean told;
        try {
            told =
                    site.error().isPresent()
                            && served(call, exchange, path, status + site.error().get(), status);
        } catch (Failure e) {
            // The page for refusals may itself not be read: the refusal is told plainly.
            throw failure;
        }
        if (!told) {
            throw failure;
        }
    }

    private static void redirect(Call call, Exchange exchange) {
        Map<String, String> headers = Answers.headers(call);
        headers.put("Location", call.origin() + call.rawPath() + "/");
        call.admit();
        Answers.empty(exchange, 301, headers);
    }

    private List<Line<StoredObject>> lines(Site site, String prefix, int most) {
        ListingQuery query = new ListingQuery(most, "", "", prefix, "/", false, false);
        return database.read(
                tx ->
                        query.walk(
                                slice -> objects.list(tx, site.container().id(), slice),
                                StoredObject::name));
    }

    private void list(Call call, Exchange exchange, SwiftPath path, Site site, String prefix) {
        if (!site.listings()) {
            throw Failure.notFound("The resource could not be found.");
        }
        admission.lister(call, path, Optional.empty(), Optional.of(site.container()));
        Map<String, String> headers = Answers.headers(call);
        headers.put("Content-Type", "text/html; charset=UTF-8");
        byte[] page =
                page(call, site, prefix, lines(site, prefix, Listings.MOST))
                        .getBytes(StandardCharsets.UTF_8);
        Answers.send(exchange, 200, headers, page);
    }

    private static String page(
            Call call, Site site, String prefix, List<Line<StoredObject>> lines) {
        String title =
                Listings.escaped(
                        "Listing of "
                                + site.label()
                                        .map(it -> it.endsWith("/") ? it : it + "/")
                                        .map(it -> it + prefix)
                                        .orElseGet(() -> SwiftPath.decode(call.rawPath())));
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html>\n <head>\n  <title>");
        html.append(title).append("</title>\n  ").append(style(site, prefix));
        html.append("\n </head>\n <body>\n  <h1 id=\"title\">").append(title);
        html.append("</h1>\n  <table id=\"listing\">\n   <tr id=\"heading\"><th>Name</th>");
        html.append("<th>Size</th><th>Date</th></tr>\n");
        if (!prefix.isEmpty()) {
            row(html, "../", "../", "", "");
        }
        for (Line<StoredObject> line : lines) {
            switch (line) {
                case Line.Leaf<StoredObject>(StoredObject object) -> {
                    if (!object.name().equals(prefix)) {
                        String name = object.name().substring(prefix.length());
                        row(
                                html,
                                "./" + Names.quoted(name),
                                name,
                                Long.toString(object.size()),
                                Answers.lastModified(object.createdAt()));
                    }
                }
                case Line.Rollup<StoredObject>(String rollup) -> {
                    String name = rollup.substring(prefix.length());
                    row(html, "./" + Names.quoted(name), name, "", "");
                }
            }
        }
        return html.append("  </table>\n </body>\n</html>\n").toString();
    }

    private static String style(Site site, String prefix) {
        if (site.style().isEmpty()) {
            return "<style type=\"text/css\">" + STYLE + "</style>";
        }
        String css = site.style().get();
        boolean rooted = css.matches("(https?:/)?/.*");
        String up = "../".repeat((int) prefix.chars().filter(c -> c == '/').count());
        return "<link rel=\"stylesheet\" type=\"text/css\" href=\""
                + Listings.escaped(rooted ? css : up + Names.quoted(css))
                + "\" />";
    }

    private static void row(
            StringBuilder html, String link, String name, String size, String date) {
        html.append("   <tr><td><a href=\"").append(Listings.escaped(link)).append("\">");
        html.append(Listings.escaped(name)).append("</a></td><td>").append(size);
        html.append("</td><td>").append(date).append("</td></tr>\n");
    }
}
