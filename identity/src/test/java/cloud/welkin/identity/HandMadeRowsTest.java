package cloud.welkin.identity;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows that an operator wrote by hand, with what the schema gives where nothing is said. */
class HandMadeRowsTest {
    private final Keystone keystone = new Keystone();

    @AfterEach
    void close() {
        keystone.close();
    }

    @Test
    void whoseTokensNeverEndedMaySignInChangeAndUseThem() {
        keystone.database
                .database()
                .change(
                        tx ->
                                tx.sql()
                                        .execute(
                                                "insert into identity.user_account (id, domain_id,"
                                                        + " name, password_hash) select 'byhand',"
                                                        + " 'default', 'byhand', password_hash from"
                                                        + " identity.user_account where name ="
                                                        + " 'admin' and domain_id = 'default'"));
        String admin = keystone.admin();
        keystone.get(admin, "/users/byhand").expect(200);
        keystone.get(admin, "/users").expect(200);
        keystone.grant("byhand", keystone.project("p"), "member");
        String token = keystone.token("byhand", "secret", "");
        keystone.get(token, "/auth/projects").expect(200);
        keystone.patch(admin, "/users/byhand", "{'user': {'description': 'known'}}").expect(200);
        keystone.get(token, "/auth/projects").expect(200);
        keystone.patch(admin, "/users/byhand", "{'user': {'enabled': false}}").expect(200);
        keystone.get(token, "/auth/projects").expect(401);
        keystone.get(admin, "/OS-REVOKE/events").expect(200);
    }
}
