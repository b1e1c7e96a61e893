/**
 * PostgreSQL, as the whole program sees it: where it is, transactions, notifications, migrations.
 */
@NullMarked
package cloud.welkin.database;

import org.jspecify.annotations.NullMarked;
