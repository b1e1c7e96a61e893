@NullMarked
package cloud.welkin.database.throwaway;

import org.jspecify.annotations.NullMarked;
