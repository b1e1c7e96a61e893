/** The whole program, started as a user starts it, under real clients and on real engines. */
@NullMarked
package cloud.welkin.acceptance;

import org.jspecify.annotations.NullMarked;
