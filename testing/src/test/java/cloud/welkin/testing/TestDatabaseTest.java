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
                            tx.sql().execute("create table kernel.a (id int primary key, n int)");
                            tx.sql().execute("create table kernel.b (id int primary key, n int)");
                            tx.sql().fetch("select * from kernel.a where n = 7");
                            tx.sql().fetch("select * from kernel.b where id = 7");
                        });
        database.close();
        assertThat(database.readFromEndToEnd()).containsExactly("kernel.a");
    }
}
