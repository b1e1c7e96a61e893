package cloud.welkin.identity.oidc;

import cloud.welkin.identity.domain.Sha256;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A page for people, made here, without scripts. Whatever comes from elsewhere goes through {@link
 * Html}; were something forgotten, the policy would run no script and load nothing.
 *
 * @param formTargets origins where the page's forms may lead beside this one: browsers apply the
 *     policy to redirects too
 */
record Page(String html, List<String> formTargets) {
    private static final String STYLE =
            """
            body{font:16px/1.5 system-ui,sans-serif;background:#f4f5f7;color:#1c2330;margin:0}
            main{max-width:24rem;margin:10vh auto;padding:2rem;background:#fff;border:1px solid #d8dce3;border-radius:8px}
            h1{font-size:1.25rem;margin-top:0}label{display:block;margin:.75rem 0 .25rem}
            input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit}
            button{margin:1rem .5rem 0 0;padding:.5rem 1rem;font:inherit}
            .error{color:#a4161a}
            """;
    private static final String STYLE_HASH = Base64.getEncoder().encodeToString(Sha256.of(STYLE));

    /** What the scopes give to the client, in words. */
    private static final Map<String, String> WORDS =
            Map.of(
                    "openid", "that you have an account here",
                    "profile", "your user name",
                    "email", "your e-mail address",
                    "groups", "the groups you are in",
                    "projects", "your projects and your roles in them",
                    "offline_access", "all this while you are away, too");

    String policy() {
        return "default-src 'none'; style-src 'sha256-"
                + STYLE_HASH
                + "'; form-action 'self'"
                + formTargets.stream().map(origin -> " " + origin).reduce("", String::concat)
                + "; frame-ancestors 'none'; base-uri 'none'";
    }

    private static Page of(String title, String body, List<String> formTargets) {
        return new Page(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
                        + Html.escaped(title)
                        + "</title><meta name=\"viewport\" content=\"width=device-width\"><style>"
                        + STYLE
                        + "</style></head><body><main><h1>"
                        + Html.escaped(title)
                        + "</h1>"
                        + body
                        + "</main></body></html>\n",
                formTargets);
    }

    /** Something that only a person can act on. */
    static Page message(String title, String text) {
        return of(title, "<p>" + Html.escaped(text) + "</p>", List.of());
    }

    static Page signIn(
            String csrf, Resume resume, String user, Optional<String> error, List<String> targets) {
        return of(
                "Sign in",
                error.map(text -> "<p class=\"error\">" + Html.escaped(text) + "</p>").orElse("")
                        + "<form method=\"post\" action=\""
                        + Provider.PATH
                        + "/login\">"
                        + hidden("csrf", csrf)
                        + hidden("to", resume.to())
                        + hidden("query", resume.query())
                        + "<label for=\"user\">User name</label><input id=\"user\" name=\"user\""
                        + " autocomplete=\"username\" required maxlength=\"255\" value=\""
                        + Html.escaped(user)
                        + "\"><label for=\"domain\">Domain</label><input id=\"domain\""
                        + " name=\"domain\" value=\"Default\" maxlength=\"255\" required>"
                        + "<label for=\"password\">Password</label><input id=\"password\""
                        + " name=\"password\" type=\"password\""
                        + " autocomplete=\"current-password\" required>"
                        + "<label for=\"passcode\">One-time code, if you use one</label>"
                        + "<input id=\"passcode\" name=\"passcode\" inputmode=\"numeric\""
                        + " autocomplete=\"one-time-code\" maxlength=\"16\">"
                        + "<button>Sign in</button></form>",
                targets);
    }

    static Page consent(
            String csrf,
            String action,
            Map<String, String> fields,
            String client,
            String user,
            List<String> scopes,
            List<String> targets) {
        StringBuilder body = new StringBuilder();
        body.append("<p>Signed in as <b>").append(Html.escaped(user)).append("</b>.</p><p><b>");
        body.append(Html.escaped(client)).append("</b> will learn:</p><ul>");
        scopes.forEach(
                scope ->
                        body.append("<li>")
                                .append(Html.escaped(WORDS.getOrDefault(scope, scope)))
                                .append("</li>"));
        body.append("</ul><form method=\"post\" action=\"")
                .append(Provider.PATH)
                .append(Html.escaped(action))
                .append("\">")
                .append(hidden("csrf", csrf));
        fields.forEach((name, value) -> body.append(hidden(name, value)));
        body.append("<button name=\"decision\" value=\"allow\">Allow</button>")
                .append("<button name=\"decision\" value=\"deny\">Deny</button></form>");
        return of("Allow " + client + "?", body.toString(), targets);
    }

    static Page userCode(Optional<String> error) {
        return of(
                "Connect a device",
                error.map(text -> "<p class=\"error\">" + Html.escaped(text) + "</p>").orElse("")
                        + "<form method=\"get\" action=\""
                        + Provider.PATH
                        + "/device\"><label for=\"user_code\">The code that the device shows</label>"
                        + "<input id=\"user_code\" name=\"user_code\" autocomplete=\"off\""
                        + " maxlength=\"16\" required><button>Go on</button></form>",
                List.of());
    }

    static Page signOut(String csrf, Map<String, String> fields, List<String> targets) {
        StringBuilder body = new StringBuilder("<form method=\"post\" action=\"");
        body.append(Provider.PATH).append("/logout\">").append(hidden("csrf", csrf));
        fields.forEach((name, value) -> body.append(hidden(name, value)));
        body.append("<button>Sign out</button></form>");
        return of("Sign out?", body.toString(), targets);
    }

    private static String hidden(String name, String value) {
        return "<input type=\"hidden\" name=\""
                + Html.escaped(name)
                + "\" value=\""
                + Html.escaped(value)
                + "\">";
    }
}
