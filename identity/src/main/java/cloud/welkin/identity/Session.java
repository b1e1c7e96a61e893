package cloud.welkin.identity;

import cloud.welkin.identity.domain.AccessRule;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.ServiceProvider;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.domain.User;
import cloud.welkin.kernel.policy.Caller;
import java.util.List;
import java.util.Optional;

/**
 * A token with everything that it stands for at this moment.
 *
 * @param scoped the project or domain of its scope
 * @param scopedDomain the domain of the project
 * @param rules the only things that the token's application credential may do
 * @param trust the trust that the token was had from
 * @param access the OAuth 1 access token that the token was had by
 * @param groups in which the identity provider vouches for the user, where there is one
 * @param serviceProviders the other clouds that the token can be taken to
 * @param unrestricted false when the token is of an application credential that may not make others
 */
public record Session(
        TokenPayload payload,
        Caller caller,
        User user,
        Project userDomain,
        Optional<Project> scoped,
        Optional<Project> scopedDomain,
        List<Role> roles,
        boolean unrestricted,
        Optional<List<AccessRule>> rules,
        Optional<Trust> trust,
        Optional<OauthToken> access,
        List<String> groups,
        List<ServiceProvider> serviceProviders) {}
