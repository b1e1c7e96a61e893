/** S3's API over the same containers and objects: signatures, XML, buckets, uploads in parts. */
@NullMarked
package cloud.welkin.object.s3;

import org.jspecify.annotations.NullMarked;
