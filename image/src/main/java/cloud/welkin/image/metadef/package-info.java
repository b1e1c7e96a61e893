/** Metadata definitions: Glance's catalogue of what properties of resources mean. */
@org.jspecify.annotations.NullMarked
package cloud.welkin.image.metadef;
