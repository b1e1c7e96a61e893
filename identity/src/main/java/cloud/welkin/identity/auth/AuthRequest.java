package cloud.welkin.identity.auth;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The body of POST /v3/auth/tokens (docs.openstack.org/api-ref/identity/v3, "Authentication and
 * token management").
 */
public record AuthRequest(Auth auth) {
    public record Auth(Identity identity, Optional<Scope> scope) {}

    public record Identity(
            @Items(max = 10) List<String> methods,
            Optional<Password> password,
            Optional<Token> token,
            Optional<ApplicationCredential> applicationCredential,
            Optional<TotpPasscode> totp,
            Optional<Map<String, JsonNode>> oauth1) {}

    public record Password(UserName user) {}

    public record TotpPasscode(TotpUser user) {}

    /** A user as in {@link UserName}, and what its device shows. */
    public record TotpUser(
            Optional<String> id,
            Optional<String> name,
            Optional<DomainName> domain,
            @Length(max = 64) String passcode) {
        UserName who() {
            return new UserName(id, name, domain, Optional.empty());
        }

        @Override
        public String toString() {
            return "TotpUser[" + id + " " + name + "]";
        }
    }

    public record Token(@Length(max = 1024) String id) {
        @Override
        public String toString() {
            return "Token[…]";
        }
    }

    public record ApplicationCredential(
            Optional<String> id,
            Optional<String> name,
            Optional<UserName> user,
            @Length(max = 4096) String secret) {
        @Override
        public String toString() {
            return "ApplicationCredential[" + id + "]";
        }
    }

    /** A user by id, or by name within a domain. */
    public record UserName(
            Optional<String> id,
            Optional<String> name,
            Optional<DomainName> domain,
            @Length(max = 4096) Optional<String> password) {
        @Override
        public String toString() {
            return "UserName[" + id + " " + name + "]";
        }
    }

    public record DomainName(Optional<String> id, Optional<String> name) {}

    /** A project by id, or by name within a domain. */
    public record ProjectName(
            Optional<String> id, Optional<String> name, Optional<DomainName> domain) {}

    /** What the token shall be good for; exactly one of these, or the bare word "unscoped". */
    public record Scope(
            Optional<ProjectName> project,
            Optional<DomainName> domain,
            Optional<SystemScope> system,
            Optional<Map<String, JsonNode>> unscoped,
            @JsonProperty("OS-TRUST:trust") Optional<TrustName> trust) {

        public Scope {
            long given =
                    List.of(project, domain, system, unscoped, trust).stream()
                            .filter(Optional::isPresent)
                            .count();
            if (given != 1) {
                throw Failure.badRequest(
                        "auth.scope must name exactly one of project, domain, system, trust and unscoped.");
            }
        }

        /** {@code "scope": "unscoped"}. */
        @JsonCreator
        static Scope ofWord(String word) {
            if (!word.equals("unscoped")) {
                throw Failure.badRequest("auth.scope is not understood.");
            }
            return new Scope(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(Map.of()),
                    Optional.empty());
        }

        @JsonCreator
        static Scope of(
                @JsonProperty("project") Optional<ProjectName> project,
                @JsonProperty("domain") Optional<DomainName> domain,
                @JsonProperty("system") Optional<SystemScope> system,
                @JsonProperty("unscoped") Optional<Map<String, JsonNode>> unscoped,
                @JsonProperty("OS-TRUST:trust") Optional<TrustName> trust) {
            return new Scope(project, domain, system, unscoped, trust);
        }

        public boolean isUnscoped() {
            return unscoped.isPresent();
        }
    }

    public record TrustName(String id) {}

    public record SystemScope(boolean all) {}
}
