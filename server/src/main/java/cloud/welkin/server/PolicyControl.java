package cloud.welkin.server;

import cloud.welkin.identity.Accounts;
import cloud.welkin.identity.Accounts.Wanted;
import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Explanation;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.PolicyFile;
import cloud.welkin.kernel.policy.Scope;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.server.UnixHttp.Answer;
import cloud.welkin.server.UnixHttp.Question;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What {@code ./welkin policy} and {@code policy check} ask. */
final class PolicyControl {
    static final String TOKEN = "X-Auth-Token";

    private final Policy policy;
    private final Authenticator authenticator;
    private final Accounts accounts;

    PolicyControl(Policy policy, Authenticator authenticator, Accounts accounts) {
        this.policy = policy;
        this.authenticator = authenticator;
        this.accounts = accounts;
    }

    Answer rules() {
        return Answer.text(200, PolicyFile.sample(policy.rules()));
    }

    /**
     * Says which parts of a rule hold for a caller, who is named or has a token; 403 when the rule
     * does not.
     */
    Answer check(Question question) {
        Query query = Query.parse(question.query());
        String rule = query.text("rule").orElse("");
        if (!policy.knows(rule)) {
            return Answer.text(
                    404, "there is no rule %s: ./welkin policy lists them%n".formatted(rule));
        }
        Map<String, String> target = new LinkedHashMap<>();
        for (String pair : query.all("target")) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                return Answer.text(400, "%s is not of the form NAME=VALUE%n".formatted(pair));
            }
            target.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        Caller caller;
        try {
            caller = caller(query, question.header().apply(TOKEN));
        } catch (Failure refused) {
            return Answer.text(400, refused.getMessage() + "\n");
        }
        Explanation explanation = policy.explain(rule, caller, new Target(target));
        return Answer.text(
                explanation.holds() ? 200 : 403,
                "%s: user %s, %s, roles %s%n%s"
                        .formatted(
                                explanation.holds() ? "allowed" : "refused",
                                caller.user(),
                                words(caller.scope()),
                                new TreeSet<>(caller.roles()),
                                explanation.text()));
    }

    private Caller caller(Query query, Optional<String> token) {
        Optional<String> user = query.text("user");
        return user.isPresent()
                ? accounts.caller(user.get(), query.text("user-domain"), wanted(query))
                // No request is checked but a rule: access rules of application credentials are
                // not asked.
                : authenticator.authenticate(
                        token.orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "nobody is named: --user NAME, or a token in"
                                                        + " OS_TOKEN")),
                        Optional.empty(),
                        "GET",
                        "/");
    }

    private static Wanted wanted(Query query) {
        Optional<String> project = query.text("project");
        Optional<String> domain = query.text("domain");
        boolean system = query.has("system");
        if ((project.isPresent() ? 1 : 0) + (domain.isPresent() ? 1 : 0) + (system ? 1 : 0) > 1) {
            throw Failure.badRequest("a token is for a project, a domain or the system");
        }
        return project.<Wanted>map(
                        name -> new Wanted.OneProject(name, query.text("project-domain")))
                .or(() -> domain.map(Wanted.Domain::new))
                .orElseGet(() -> system ? new Wanted.Everything() : new Wanted.Nothing());
    }

    private static String words(Scope scope) {
        return switch (scope) {
            case Scope.Project(var id, var domain) ->
                    "project %s of domain %s".formatted(id, domain);
            case Scope.Domain(var id) -> "domain " + id;
            case Scope.System system -> "the system";
            case Scope.Unscoped unscoped -> "no scope";
        };
    }
}
