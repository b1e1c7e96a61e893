package cloud.welkin.identity.api;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Options;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.Page;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.databind.JsonNode;

/** What projects and domains, which are projects too, have in common on the wire. */
final class ProjectForm {
    /** What a tag may not hold: the signs by which lists and paths are parted. */
    static final String TAG = "[^,/]+";

    static final List<Param> LIST_PARAMS =
            Listing.inDomain(
                    Listing.ENABLED,
                    Param.text("parent_id", "Those under this project."),
                    Param.bool("is_domain", "Domains instead of projects."),
                    Param.text("tags", "Those with all these tags."),
                    Param.text("tags-any", "Those with any of these tags."),
                    Param.text("not-tags", "Those without all these tags."),
                    Param.text("not-tags-any", "Those without any of these tags."));

    private ProjectForm() {}

    /**
     * @param explicitDomainId the id of a new domain, where it must have one that it has elsewhere
     */
    record NewProject(
            @Length(min = 1, max = 64) String name,
            @Matches("[0-9a-f]{32}") Optional<String> explicitDomainId,
            Optional<String> description,
            Optional<Boolean> enabled,
            Optional<String> domainId,
            Optional<String> parentId,
            Optional<Boolean> isDomain,
            @Items(max = 80) Optional<List<String>> tags,
            Optional<Map<String, JsonNode>> options,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewProject {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record ProjectChange(
            @Length(min = 1, max = 64) Field<String> name,
            Field<String> description,
            Field<Boolean> enabled,
            Field<String> domainId,
            Field<String> parentId,
            Field<Boolean> isDomain,
            @Items(max = 80) Field<List<String>> tags,
            Field<Map<String, JsonNode>> options,
            @JsonAnySetter Map<String, JsonNode> extra) {
        ProjectChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record ProjectBody(
            String id,
            String name,
            String description,
            boolean enabled,
            boolean isDomain,
            Optional<String> domainId,
            Optional<String> parentId,
            List<String> tags,
            Map<String, JsonNode> options,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    record DomainBody(
            String id,
            String name,
            String description,
            boolean enabled,
            List<String> tags,
            Map<String, JsonNode> options,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    /** A project as Keystone shows it; a domain shown as one has neither domain nor parent. */
    static ProjectBody body(Call call, Project project) {
        return new ProjectBody(
                project.id().value(),
                project.name(),
                project.description(),
                project.enabled(),
                project.isDomain(),
                project.isDomain() ? Optional.empty() : Optional.of(project.domain().value()),
                project.parent().map(ProjectId::value),
                project.tags(),
                project.options(),
                Links.self(call, "/projects/" + project.id()),
                project.extra());
    }

    static DomainBody domainBody(Call call, Project domain) {
        return new DomainBody(
                domain.id().value(),
                domain.name(),
                domain.description(),
                domain.enabled(),
                domain.tags(),
                domain.options(),
                Links.self(call, "/domains/" + domain.id()),
                domain.extra());
    }

    static Object projectList(Asked asked, Page<Project> found) {
        return asked.answer(
                "projects", found, p -> p.id().value(), project -> body(asked.call(), project));
    }

    static Object domainList(Asked asked, Page<Project> found) {
        return asked.answer(
                "domains", found, d -> d.id().value(), domain -> domainBody(asked.call(), domain));
    }

    static ProjectStore.Tags tags(Query query) {
        return new ProjectStore.Tags(
                tags(query, "tags"),
                tags(query, "tags-any"),
                tags(query, "not-tags"),
                tags(query, "not-tags-any"));
    }

    private static List<String> tags(Query query, String name) {
        return query.text(name).map(text -> List.of(text.split(","))).orElse(List.of());
    }

    /**
     * @throws Failure 400 for a tag that is empty, too long or holds a comma or slash
     */
    static List<String> tags(List<String> tags) {
        if (tags.stream().distinct().count() < tags.size()) {
            throw Failure.badRequest("Invalid input for field 'tags': an item is there twice.");
        }
        for (String tag : tags) {
            if (tag.length() > 255 || !tag.matches(TAG)) {
                throw Failure.badRequest(
                        "Invalid input for field 'tags': a tag has 1 to 255 characters and neither"
                                + " comma nor slash.");
            }
        }
        return tags.stream().sorted().toList();
    }

    static Project changed(Project current, ProjectChange change) {
        boolean sameDomain =
                change.domainId().given().map(current.domain().value()::equals).orElse(true);
        if (!sameDomain) {
            throw Failure.badRequest("The domain of a project cannot be changed.");
        }
        Optional<String> parent = current.parent().map(ProjectId::value);
        if (change.parentId().isPresent() && !change.parentId().given().equals(parent)) {
            throw Failure.forbidden("The parent of a project cannot be changed.");
        }
        if (change.isDomain().given().filter(is -> is != current.isDomain()).isPresent()) {
            throw Failure.badRequest("A project cannot become a domain, nor a domain a project.");
        }
        Map<String, JsonNode> options =
                Options.ofOther(current.options(), change.options().given().orElse(Map.of()));
        Options.requireMutable("project", current.id().value(), current.options(), options);
        Map<String, JsonNode> extra = new HashMap<>(current.extra());
        extra.putAll(Names.free(change.extra()));
        Project changed =
                new Project(
                        current.id(),
                        current.domain(),
                        current.parent(),
                        Names.of(change.name().orKeep(current.name())),
                        change.description().over(Optional.of(current.description())).orElse(""),
                        change.enabled().orKeep(current.enabled()),
                        current.isDomain(),
                        tags(change.tags().over(Optional.of(current.tags())).orElse(List.of())),
                        options,
                        extra);
        if (current.id().value().equals(DomainId.DEFAULT.value()) && !changed.enabled()) {
            throw Failure.forbidden("The default domain cannot be disabled.");
        }
        return changed;
    }

    /**
     * @throws Failure 403 when the project is to stay as it is
     */
    static void requireMutable(Project project) {
        Options.requireMutable(
                "project", project.id().value(), project.options(), project.options());
    }

    /** Names are unique in a domain, and among domains. */
    static void named(Runnable write) {
        try {
            write.run();
        } catch (IntegrityConstraintViolationException e) {
            if (Constraints.violated(e).filter(name -> name.startsWith("project_")).isPresent()) {
                throw Failure.conflict(
                        "Conflict occurred attempting to store project - it is not permitted to"
                                + " have two projects with the same name in the same domain.");
            }
            throw e;
        }
    }

    /** The project; who may not have it is told the same of one that is not there. */
    static Project project(Call call, Tx tx, ProjectStore projects, String id) {
        Optional<Project> found = projects.find(tx, new ProjectId(id));
        call.authorize(found.map(Targets::project).orElse(Target.NOTHING));
        return found.orElseThrow(() -> noProject(id));
    }

    /** The domain; who may not see it is told the same of one that is not there. */
    static Project domain(Call call, Tx tx, ProjectStore projects, String id) {
        Optional<Project> found = domain(tx, projects, id);
        call.authorize(found.map(Targets::domain).orElse(Target.NOTHING));
        return found.orElseThrow(() -> noDomain(id));
    }

    /** The domain that shall be changed; as in Keystone it is no secret that one is not there. */
    static Project changing(Call call, Tx tx, ProjectStore projects, String id) {
        boolean anyOne = call.may(Target.NOTHING);
        Project found = domain(tx, projects, id).orElseThrow(() -> noDomain(id));
        if (!anyOne) {
            call.authorize(Targets.domain(found));
        }
        return found;
    }

    private static Optional<Project> domain(Tx tx, ProjectStore projects, String id) {
        return projects.find(tx, new ProjectId(id)).filter(Project::isDomain);
    }

    private static Failure noDomain(String id) {
        return Failure.notFound("Could not find domain: %s.", id);
    }

    static Failure noProject(String id) {
        return Failure.notFound("Could not find project: %s.", id);
    }
}
