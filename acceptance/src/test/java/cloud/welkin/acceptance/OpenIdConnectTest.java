package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Other people's clients of OAuth: authlib, openid-client, and the command line with OAuth 1. */
@RealCloud
class OpenIdConnectTest {
    private final CloudUnderTest cloud;
    private final OpenStackCli cli;

    OpenIdConnectTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        this.cli = cloud.cli();
    }

    @Test
    void anApplicationSignsSomebodyInRefreshesAndRevokes() {
        String user = Names.fresh("user");
        cli.run("user", "create", "--password", "geheim1234", user);
        cli.run("role", "add", "--project", "demo", "--user", user, "member");
        String admin = cli.json("token", "issue").path("id").asString("");
        assertThat(
                        Command.of(
                                        "/usr/bin/python3",
                                        Path.of("src/test/resources/openid-client.py")
                                                .toAbsolutePath()
                                                .toString(),
                                        cloud.origin() + "/identity/oidc",
                                        admin,
                                        user,
                                        "geheim1234")
                                .run()
                                .text())
                .contains("signed in as " + user, "refreshed True", "after revocation 401");
    }

    /**
     * What the program says of each promise is what OpenID Connect and OAuth 2 want of an issuer.
     */
    @Test
    void aCertifiedRelyingPartyFindsWhatTheIssuerPromises() {
        String user = Names.fresh("user");
        cli.run("user", "create", "--password", "geheim1234", user);
        String admin = cli.json("token", "issue").path("id").asString("");
        JsonNode said =
                Rest.JSON.readTree(
                        NodeProgram.command(
                                        "relying.mjs",
                                        cloud.origin() + "/identity/oidc",
                                        admin,
                                        user,
                                        "geheim1234")
                                .run()
                                .text());
        assertThat(said)
                .isEqualTo(
                        Rest.JSON.readTree(
                                """
                                {"denied": "access_denied", "name": "USER", "userinfo": true,
                                 "refreshed": true, "rotated": true,
                                 "waiting": "authorization_pending", "device": "USER",
                                 "deviceDenied": "access_denied",
                                 "active": true, "afterwards": false,
                                 "replayed": "invalid_grant", "ended": "invalid_grant"}
                                """
                                        .replace("USER", user)));
    }

    @Test
    void aConsumerGetsAnAccessTokenThatAUserGranted() {
        JsonNode consumer = cli.json("consumer", "create");
        String key = consumer.path("id").asString("");
        String secret = consumer.path("secret").asString("");
        JsonNode request =
                cli.json(
                        "request",
                        "token",
                        "create",
                        "--consumer-key",
                        key,
                        "--consumer-secret",
                        secret,
                        "--project",
                        "admin");
        String id = request.path("id").asString("");
        String verifier =
                cli.json("request", "token", "authorize", "--request-key", id, "--role", "member")
                        .path("oauth_verifier")
                        .asString("");
        JsonNode access =
                cli.json(
                        "access",
                        "token",
                        "create",
                        "--consumer-key",
                        key,
                        "--consumer-secret",
                        secret,
                        "--request-key",
                        id,
                        "--request-secret",
                        request.path("secret").asString(""),
                        "--verifier",
                        verifier);
        assertThat(access.path("id").asString("")).hasSize(32);
        cli.run("consumer", "delete", key);
    }
}
