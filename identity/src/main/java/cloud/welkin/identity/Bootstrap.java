package cloud.welkin.identity;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.TokenCodec;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.AccountStore;
import cloud.welkin.identity.store.CredentialStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.store.TokenStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What every cloud begins with: the default domain, roles, three projects, two users. Makes only
 * what is missing.
 */
public final class Bootstrap {
    /** From the strongest to the weakest; each implies the next. */
    private static final List<String> LADDER = List.of("admin", "manager", "member", "reader");

    private final Clock clock;
    private final Passwords passwords;
    private final SecureRandom random;
    private final ProjectStore projects;
    private final UserStore users;
    private final AccountStore accounts;
    private final RoleStore roles;
    private final TokenStore tokens;
    private final CredentialStore secrets;

    public Bootstrap(Clock clock, Passwords passwords, SecureRandom random, Stores stores) {
        this.clock = clock;
        this.passwords = passwords;
        this.random = random;
        this.projects = stores.projects();
        this.users = stores.users();
        this.accounts = stores.accounts();
        this.roles = stores.roles();
        this.tokens = stores.tokens();
        this.secrets = stores.credentials();
    }

    /** The ids of what others build on. */
    public record Made(ProjectId adminProject, ProjectId demoProject, UserId admin) {}

    /**
     * @param adminPassword the password of the user admin
     * @param change whether an existing user admin gets that password too
     * @param demoPassword the password of the user demo where that user is new
     * @throws cloud.welkin.identity.domain.MasterKeyMissing when the database's keys cannot be read
     */
    public Made run(Tx tx, String adminPassword, boolean change, String demoPassword) {
        // One replica at a time: the second finds everything there.
        tx.sql().execute("lock table identity.project in exclusive mode");
        tokens.adopt(tx);
        secrets.adopt(tx);
        if (tokens.keys(tx).isEmpty()) {
            tokens.stage(tx, TokenCodec.newKey(random), clock.instant());
            tokens.promote(tx, clock.instant());
            tokens.stage(tx, TokenCodec.newKey(random), clock.instant());
        }
        secrets.prepare(tx);
        if (projects.find(tx, new ProjectId(DomainId.DEFAULT.value())).isEmpty()) {
            projects.insert(tx, domain());
        }
        String stronger = null;
        for (String name : LADDER) {
            String id = role(tx, name);
            if (stronger != null) {
                roles.imply(tx, stronger, id);
            }
            stronger = id;
        }
        role(tx, "service");
        ProjectId admins = project(tx, "admin", "The operators' own project");
        project(tx, "service", "What services act in");
        ProjectId demo = project(tx, "demo", "To try things out");
        UserId admin = user(tx, "admin", adminPassword, admins);
        UserId demoUser = user(tx, "demo", demoPassword, demo);
        if (change) {
            accounts.setPassword(
                    tx,
                    admin,
                    passwords.hash(adminPassword),
                    clock.instant(),
                    Optional.empty(),
                    false,
                    0);
            accounts.admitted(tx, admin, PasswordRules.day(clock.instant()));
        }
        String adminRole = role(tx, "admin");
        assign(tx, admin, AssignmentTarget.project(admins.value()), adminRole);
        assign(tx, admin, AssignmentTarget.SYSTEM, adminRole);
        assign(tx, admin, AssignmentTarget.domain(DomainId.DEFAULT.value()), adminRole);
        assign(tx, demoUser, AssignmentTarget.project(demo.value()), role(tx, "member"));
        return new Made(admins, demo, admin);
    }

    private static Project domain() {
        return new Project(
                new ProjectId(DomainId.DEFAULT.value()),
                DomainId.DEFAULT,
                Optional.empty(),
                "Default",
                "The default domain",
                true,
                true,
                List.of(),
                Map.of(),
                Map.of());
    }

    private ProjectId project(Tx tx, String name, String description) {
        return projects.findByName(tx, DomainId.DEFAULT, name)
                .map(Project::id)
                .orElseGet(
                        () -> {
                            Project project =
                                    new Project(
                                            new ProjectId(Ids.hex()),
                                            DomainId.DEFAULT,
                                            Optional.of(new ProjectId(DomainId.DEFAULT.value())),
                                            name,
                                            description,
                                            true,
                                            false,
                                            List.of(),
                                            Map.of(),
                                            Map.of());
                            projects.insert(tx, project);
                            return project.id();
                        });
    }

    private UserId user(Tx tx, String name, String password, ProjectId project) {
        return users.findByName(tx, DomainId.DEFAULT, name)
                .map(User::id)
                .orElseGet(
                        () -> {
                            User user =
                                    new User(
                                            new UserId(Ids.hex()),
                                            DomainId.DEFAULT,
                                            name,
                                            true,
                                            Optional.empty(),
                                            Optional.empty(),
                                            Optional.of(project),
                                            Optional.of(passwords.hash(password)),
                                            Instant.EPOCH,
                                            Map.of(),
                                            Map.of());
                            users.insert(tx, user);
                            return user.id();
                        });
    }

    private String role(Tx tx, String name) {
        return roles.list(tx, Optional.of(name), Optional.empty()).stream()
                .findFirst()
                .map(Role::id)
                .orElseGet(
                        () -> {
                            Role role =
                                    new Role(
                                            Ids.hex(),
                                            name,
                                            Optional.empty(),
                                            Optional.empty(),
                                            Map.of());
                            roles.insert(tx, role);
                            return role.id();
                        });
    }

    private void assign(Tx tx, UserId user, AssignmentTarget target, String role) {
        roles.assign(tx, RoleStore.Assignment.of(user, target, role));
    }
}
