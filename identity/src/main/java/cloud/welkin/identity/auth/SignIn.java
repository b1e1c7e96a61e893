package cloud.welkin.identity.auth;

import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Receipt;
import cloud.welkin.identity.domain.User;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What becomes of credentials that are right. */
public sealed interface SignIn {
    /** Enough: a token. */
    record Done(Session session) implements SignIn {}

    /**
     * Not enough yet: Keystone's auth receipt, to be shown with the rest.
     *
     * @param text the receipt as it is handed out
     * @param required the rules that have been begun, one of which must be fulfilled
     */
    record Unfinished(
            Receipt receipt, String text, User user, Project domain, List<List<String>> required)
            implements SignIn {}

    /**
     * Who asks, beside the credentials.
     *
     * @param address that it asks from
     * @param receipt of what was shown before
     * @param claimed is told whom the credentials name, right or wrong
     */
    record Asker(String address, Optional<String> receipt, Consumer<UserId> claimed) {
        /** The one behind a call; the audit learns whom it claims to be. */
        public static Asker of(Call call, Optional<String> receipt) {
            return new Asker(call.peer(), receipt, user -> call.note("user", user.value()));
        }
    }
}
