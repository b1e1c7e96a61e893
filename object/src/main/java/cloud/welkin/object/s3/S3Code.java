package cloud.welkin.object.s3;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Arrays;
import java.util.Optional;

/** The error codes of S3 that are used here (Amazon S3 API reference, error responses). */
enum S3Code {
    AccessDenied(FailureKind.FORBIDDEN, "Access Denied"),
    AuthorizationHeaderMalformed(
            FailureKind.BAD_REQUEST, "The authorization header that you provided is not valid."),
    BadDigest(
            FailureKind.BAD_REQUEST,
            "The Content-MD5 or checksum value that you specified did not match what the server"
                    + " received."),
    BucketAlreadyExists(
            FailureKind.CONFLICT,
            "The requested bucket name is not available. The bucket namespace is shared by all"
                    + " users of the system."),
    BucketAlreadyOwnedByYou(
            FailureKind.CONFLICT,
            "The bucket that you tried to create already exists, and you own it."),
    BucketNotEmpty(FailureKind.CONFLICT, "The bucket that you tried to delete is not empty."),
    EntityTooLarge(
            FailureKind.BAD_REQUEST,
            "Your proposed upload exceeds the maximum allowed object size."),
    EntityTooSmall(
            FailureKind.BAD_REQUEST,
            "Your proposed upload is smaller than the minimum allowed object size."),
    IncompleteBody(
            FailureKind.BAD_REQUEST,
            "You did not provide the number of bytes specified by the Content-Length header."),
    InsufficientStorage(FailureKind.INSUFFICIENT_STORAGE, "There is no space left."),
    InternalError(FailureKind.INTERNAL, "An internal error occurred. Try again."),
    InvalidAccessKeyId(
            FailureKind.FORBIDDEN,
            "The access key ID that you provided does not exist in our records."),
    InvalidArgument(FailureKind.BAD_REQUEST, "Invalid Argument"),
    InvalidBucketName(FailureKind.BAD_REQUEST, "The specified bucket is not valid."),
    InvalidBucketState(
            FailureKind.CONFLICT, "The request is not valid for the current state of the bucket."),
    InvalidDigest(FailureKind.BAD_REQUEST, "The Content-MD5 that you specified is not valid."),
    InvalidPart(
            FailureKind.BAD_REQUEST,
            "One or more of the specified parts could not be found. The part might not have been"
                    + " uploaded, or the specified entity tag might not have matched the part's"
                    + " entity tag."),
    InvalidPartOrder(
            FailureKind.BAD_REQUEST,
            "The list of parts was not in ascending order. The parts list must be specified in"
                    + " order by part number."),
    InvalidRange(FailureKind.RANGE_NOT_SATISFIABLE, "The requested range cannot be satisfied."),
    InvalidRequest(FailureKind.BAD_REQUEST, "Invalid Request"),
    KeyTooLongError(FailureKind.BAD_REQUEST, "Your key is too long."),
    MalformedPolicy(FailureKind.BAD_REQUEST, "The policy is not in the valid JSON format."),
    MalformedXML(
            FailureKind.BAD_REQUEST,
            "The XML that you provided was not well formed or did not validate against our"
                    + " published schema."),
    MetadataTooLarge(
            FailureKind.BAD_REQUEST,
            "Your metadata headers exceed the maximum allowed metadata size."),
    MethodNotAllowed(
            FailureKind.METHOD_NOT_ALLOWED,
            "The specified method is not allowed against this resource."),
    MissingContentLength(
            FailureKind.LENGTH_REQUIRED, "You must provide the Content-Length HTTP header."),
    NoSuchBucket(FailureKind.NOT_FOUND, "The specified bucket does not exist."),
    NoSuchBucketPolicy(
            FailureKind.NOT_FOUND, "The specified bucket does not have a bucket policy."),
    NoSuchCORSConfiguration(FailureKind.NOT_FOUND, "The CORS configuration does not exist."),
    NoSuchKey(FailureKind.NOT_FOUND, "The specified key does not exist."),
    NoSuchLifecycleConfiguration(
            FailureKind.NOT_FOUND, "The lifecycle configuration does not exist."),
    NoSuchTagSet(FailureKind.NOT_FOUND, "The TagSet does not exist."),
    NoSuchUpload(
            FailureKind.NOT_FOUND,
            "The specified multipart upload does not exist. The upload ID might not be valid, or"
                    + " the multipart upload might have been aborted or completed."),
    NoSuchVersion(
            FailureKind.NOT_FOUND,
            "The version ID specified in the request does not match an existing version."),
    NotImplemented(
            FailureKind.NOT_IMPLEMENTED,
            "A header or parameter that you provided implies functionality that is not implemented."),
    PreconditionFailed(
            FailureKind.PRECONDITION_FAILED,
            "At least one of the preconditions that you specified did not hold."),
    RequestTimeTooSkewed(
            FailureKind.FORBIDDEN,
            "The difference between the request time and the server's time is too large."),
    ServerSideEncryptionConfigurationNotFoundError(
            FailureKind.NOT_FOUND, "The server-side encryption configuration was not found."),
    SignatureDoesNotMatch(
            FailureKind.FORBIDDEN,
            "The request signature that the server calculated does not match the signature that"
                    + " you provided. Check your secret access key and signing method."),
    SlowDown(FailureKind.UNAVAILABLE, "Please reduce your request rate."),
    XAmzContentSHA256Mismatch(
            FailureKind.BAD_REQUEST,
            "The provided 'x-amz-content-sha256' header does not match what was computed.");

    private final FailureKind kind;
    private final String text;

    S3Code(FailureKind kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    Failure failure() {
        return new Failure(kind, name(), text);
    }

    @FormatMethod
    Failure failure(@FormatString String words, Object... arguments) {
        return new Failure(kind, name(), words.formatted(arguments));
    }

    /** The code of a failure, which may come from what S3 shares with Swift. */
    static S3Code of(Failure failure) {
        Optional<S3Code> own =
                Arrays.stream(values()).filter(it -> it.name().equals(failure.code())).findFirst();
        return own.orElseGet(
                () ->
                        switch (failure.kind()) {
                            case UNAUTHORIZED, FORBIDDEN -> AccessDenied;
                            case NOT_FOUND, GONE -> NoSuchKey;
                            case METHOD_NOT_ALLOWED -> MethodNotAllowed;
                            case CONFLICT -> InvalidBucketState;
                            case LENGTH_REQUIRED -> MissingContentLength;
                            case PRECONDITION_FAILED -> PreconditionFailed;
                            case TOO_LARGE -> EntityTooLarge;
                            case RANGE_NOT_SATISFIABLE -> InvalidRange;
                            case TOO_MANY_REQUESTS, UNAVAILABLE -> SlowDown;
                            case INTERNAL -> InternalError;
                            case NOT_IMPLEMENTED -> NotImplemented;
                            case INSUFFICIENT_STORAGE -> InsufficientStorage;
                            case BAD_REQUEST,
                                    NOT_ACCEPTABLE,
                                    REQUEST_TIMEOUT,
                                    UNSUPPORTED_MEDIA_TYPE,
                                    UNPROCESSABLE ->
                                    failure.code().equals("ClientDisconnect")
                                            ? IncompleteBody
                                            : InvalidRequest;
                        });
    }

    FailureKind kind() {
        return kind;
    }
}
