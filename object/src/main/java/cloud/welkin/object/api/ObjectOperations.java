package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import java.util.List;
import java.util.Optional;

/** What is done with objects. One path serves many ways, told apart by headers and parameters. */
public final class ObjectOperations implements OperationGroup {
    private static final String PATH = "/{account}/{container}/{object...}";

    private final ObjectReading reading;
    private final ObjectWriting writing;
    private final Copies copies;
    private final StaticLargeObjects manifests;
    private final BulkDelete bulk;
    private final ArchiveUpload archives;
    private final FormPosts forms;
    private final VersionOperations versions;

    public ObjectOperations(
            ObjectReading reading,
            ObjectWriting writing,
            Copies copies,
            StaticLargeObjects manifests,
            BulkDelete bulk,
            ArchiveUpload archives,
            FormPosts forms,
            VersionOperations versions) {
        this.reading = reading;
        this.writing = writing;
        this.copies = copies;
        this.manifests = manifests;
        this.bulk = bulk;
        this.archives = archives;
        this.forms = forms;
        this.versions = versions;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policyByThing(SwiftPolicy.READ)
                        .anyParam()
                        .doc("Answers with the object, or ranges of it.")
                        .streams(reading::get),
                Operation.head(PATH)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Answers with the object's headers.")
                        .streams(reading::get),
                Operation.put(PATH)
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(201)
                        .doc(
                                "Stores an object: from the body, as a copy (X-Copy-From), as a"
                                        + " manifest (multipart-manifest=put), as a link"
                                        + " (X-Symlink-Target); or those of an archive"
                                        + " (extract-archive).")
                        .streams(this::put),
                Operation.post(PATH)
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(202)
                        .doc("Replaces the object's metadata; or stores a form's files.")
                        .streams(this::post),
                Operation.delete(PATH)
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc(
                                "Deletes the object, with its segments by"
                                        + " multipart-manifest=delete.")
                        .streams(this::delete),
                Operation.method("COPY", PATH, 201)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Copies the object to where the header Destination says.")
                        .streams(copies::copy),
                Operation.method("OPTIONS", PATH, 200)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Tells browsers what pages of other sites may do here.")
                        .streams(reading::preflight));
    }

    private void put(Call call, Exchange exchange) {
        Optional<String> from = call.header("X-Copy-From").filter(it -> !it.isEmpty());
        if (ArchiveUpload.isMeant(call)) {
            archives.extract(call, exchange);
        } else if (from.isPresent()) {
            copies.copyFrom(call, exchange, from.get());
        } else if (VersionOperations.named(call).isPresent()) {
            versions.restore(call, exchange);
        } else if (StaticLargeObjects.isMeant(call, "put")) {
            manifests.put(call, exchange);
        } else {
            writing.put(call, exchange);
        }
    }

    private void post(Call call, Exchange exchange) {
        if (FormPosts.isMeant(call)) {
            forms.post(call, exchange);
        } else {
            writing.post(call, exchange);
        }
    }

    private void delete(Call call, Exchange exchange) {
        if (StaticLargeObjects.isMeant(call, "delete")) {
            bulk.deleteWhole(call, exchange);
        } else if (VersionOperations.named(call).isPresent()) {
            versions.delete(call, exchange);
        } else {
            writing.delete(call, exchange);
        }
    }
}
