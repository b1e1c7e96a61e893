package cloud.welkin.identity.api;

import cloud.welkin.identity.auth.SignIn;
import cloud.welkin.kernel.api.Times;
import java.util.List;

/** An auth receipt as Keystone shows it: what was shown, and what else is wanted. */
record ReceiptView(Body receipt, List<List<String>> requiredAuthMethods) {
    record Domain(String id, String name) {}

    record Person(String id, String name, Domain domain) {}

    record Body(List<String> methods, Person user, String expiresAt, String issuedAt) {}

    static ReceiptView of(SignIn.Unfinished unfinished) {
        return new ReceiptView(
                new Body(
                        unfinished.receipt().methods(),
                        new Person(
                                unfinished.user().id().value(),
                                unfinished.user().name(),
                                new Domain(
                                        unfinished.domain().id().value(),
                                        unfinished.domain().name())),
                        Times.microsZ(unfinished.receipt().expiresAt()),
                        Times.microsZ(unfinished.receipt().issuedAt())),
                unfinished.required());
    }
}
