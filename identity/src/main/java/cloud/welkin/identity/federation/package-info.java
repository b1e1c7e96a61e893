/** Federation: other identity providers' users, and what they may do here. */
package cloud.welkin.identity.federation;
