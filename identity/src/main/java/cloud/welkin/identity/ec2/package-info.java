/** Requests that are signed with EC2 credentials, as Amazon's services sign theirs. */
@org.jspecify.annotations.NullMarked
package cloud.welkin.identity.ec2;
