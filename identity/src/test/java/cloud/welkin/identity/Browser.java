package cloud.welkin.identity;

import cloud.welkin.testing.ApiTester;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A browser of a test's: keeps cookies, fills forms in, follows nothing by itself. */
final class Browser {
    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");
    private static final Pattern ACTION =
            Pattern.compile("<form method=\"post\" action=\"([^\"]*)\"");

    private final ApiTester api;
    private final Map<String, String> cookies = new LinkedHashMap<>();

    Browser(ApiTester api) {
        this.api = api;
    }

    ApiTester.Response open(String url) {
        return kept(with(api.get(url.replace("http://cloud.test", ""))).send());
    }

    ApiTester.Response post(String url, Map<String, String> fields) {
        return kept(with(api.post(url)).form(encoded(fields)).send());
    }

    /** Sends the page's form with these fields filled in beside the hidden ones. */
    ApiTester.Response submit(ApiTester.Response page, Map<String, String> filled) {
        Map<String, String> fields = hidden(page);
        fields.putAll(filled);
        Matcher action = ACTION.matcher(text(page));
        if (!action.find()) {
            throw new AssertionError("no form in " + text(page));
        }
        return post(action.group(1), fields);
    }

    ApiTester.Response signIn(ApiTester.Response page, String user, String password) {
        return submit(page, Map.of("user", user, "domain", "Default", "password", password));
    }

    static Map<String, String> hidden(ApiTester.Response page) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher = HIDDEN.matcher(text(page));
        while (matcher.find()) {
            fields.put(plain(matcher.group(1)), plain(matcher.group(2)));
        }
        return fields;
    }

    static String text(ApiTester.Response page) {
        return new String(page.body(), StandardCharsets.UTF_8);
    }

    static String location(ApiTester.Response response) {
        return Objects.requireNonNull(response.expect(303).headers().get("location"));
    }

    /** A parameter of where the answer leads. */
    static String parameter(ApiTester.Response response, String name) {
        return URLUtils.parseParameters(URI.create(location(response)).getRawQuery())
                .getOrDefault(name, List.of(""))
                .getFirst();
    }

    static String encoded(Map<String, String> fields) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        fields.forEach((name, value) -> all.put(name, List.of(value)));
        return URLUtils.serializeParameters(all);
    }

    private static String plain(String html) {
        return html.replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }

    private ApiTester.Request with(ApiTester.Request request) {
        List<String> pairs = new ArrayList<>();
        cookies.forEach((name, value) -> pairs.add(name + "=" + value));
        return request.header("Cookie", String.join("; ", pairs));
    }

    private ApiTester.Response kept(ApiTester.Response response) {
        String set = response.headers().getOrDefault("set-cookie", "");
        if (!set.isEmpty()) {
            String pair = set.split(";", 2)[0];
            cookies.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
        }
        return response;
    }
}
