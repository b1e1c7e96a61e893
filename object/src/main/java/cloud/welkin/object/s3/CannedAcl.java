package cloud.welkin.object.s3;

import java.util.Arrays;

/** The access lists of S3 that have a name. */
enum CannedAcl {
    PRIVATE("private", false, false, false),
    PUBLIC_READ("public-read", true, false, true),
    PUBLIC_READ_WRITE("public-read-write", true, true, true),
    AUTHENTICATED_READ("authenticated-read", false, false, true),
    BUCKET_OWNER_READ("bucket-owner-read", false, false, false),
    BUCKET_OWNER_FULL_CONTROL("bucket-owner-full-control", false, false, false);

    private final String word;
    private final boolean anybodyReads;
    private final boolean anybodyWrites;
    private final boolean usersRead;

    CannedAcl(String word, boolean anybodyReads, boolean anybodyWrites, boolean usersRead) {
        this.word = word;
        this.anybodyReads = anybodyReads;
        this.anybodyWrites = anybodyWrites;
        this.usersRead = usersRead;
    }

    /**
     * @throws cloud.welkin.kernel.failure.Failure InvalidArgument for another word
     */
    static CannedAcl require(String word) {
        return Arrays.stream(values())
                .filter(it -> it.word.equals(word))
                .findFirst()
                .orElseThrow(() -> S3Code.InvalidArgument.failure("There is no ACL %s.", word));
    }

    /**
     * @param known whether somebody asks who signed
     */
    boolean admits(boolean writing, boolean known) {
        return writing ? anybodyWrites : anybodyReads || (known && usersRead);
    }

    String word() {
        return word;
    }
}
