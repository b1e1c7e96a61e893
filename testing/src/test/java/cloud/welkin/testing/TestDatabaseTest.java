package cloud.welkin.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestDatabaseTest {
    @Test
    void tellsWhichTablesWereReadWithoutAnIndex() {
        TestDatabase database = TestDatabase.with();
        database.database()
                .change(
                        tx -> {
                            tx.sql().fetch("select * from kernel.reconciler where changed = 7");
                            tx.sql()
                                    .fetch(
                                            "select * from kernel.event_cursor where subscriber = 'x'");
                        });
        database.close();
        assertThat(database.readFromEndToEnd()).containsExactly("kernel.reconciler");
    }
}
