package cloud.welkin.identity.ldap;

import com.unboundid.asn1.ASN1OctetString;
import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.PostConnectProcessor;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchResultListener;
import com.unboundid.ldap.sdk.SearchResultReference;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.ldap.sdk.controls.SimplePagedResultsControl;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import com.unboundid.util.ssl.JVMDefaultTrustManager;
import com.unboundid.util.ssl.PEMFileTrustManager;
import com.unboundid.util.ssl.SSLUtil;
import com.unboundid.util.ssl.TrustAllTrustManager;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one directory: those that ask, as the login of the cloud, and those that only
 * try passwords, which are nobody's between two tries.
 */
final class LdapConnections implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LdapConnections.class);

    /** What says that the connection is no good, and nothing about the question. */
    private static final Set<ResultCode> LOST =
            Set.of(
                    ResultCode.SERVER_DOWN,
                    ResultCode.CONNECT_ERROR,
                    ResultCode.TIMEOUT,
                    ResultCode.UNAVAILABLE,
                    ResultCode.BUSY,
                    ResultCode.LOCAL_ERROR,
                    ResultCode.DECODING_ERROR,
                    ResultCode.ENCODING_ERROR);

    /** What says that there is more than the directory gives. */
    private static final Set<ResultCode> CUT =
            Set.of(
                    ResultCode.SIZE_LIMIT_EXCEEDED,
                    ResultCode.TIME_LIMIT_EXCEEDED,
                    ResultCode.ADMIN_LIMIT_EXCEEDED);

    private final LdapOptions options;
    private final LDAPConnectionPool questions;
    private final LDAPConnectionPool binds;

    LdapConnections(LdapOptions options) {
        this.options = options;
        Optional<SSLContext> tls = tls();
        ServerSet servers = servers(tls);
        Optional<PostConnectProcessor> started =
                tls.filter(context -> options.tls().start()).map(StartTLSPostConnectProcessor::new);
        this.questions =
                pool(
                        servers,
                        options.login()
                                .map(login -> new SimpleBindRequest(login.dn(), login.password())),
                        started,
                        options.pool());
        this.binds = pool(servers, Optional.empty(), started, options.binds());
    }

    private ServerSet servers(Optional<SSLContext> tls) {
        LDAPConnectionOptions how = new LDAPConnectionOptions();
        how.setConnectTimeoutMillis((int) options.timeout().toMillis());
        how.setResponseTimeoutMillis(options.timeout().toMillis());
        how.setFollowReferrals(options.chaseReferrals());
        how.setUseSynchronousMode(true);
        if (options.tls().checked()) {
            how.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        }
        ServerSet[] each =
                options.servers().stream()
                        .map(
                                server ->
                                        server.secure()
                                                ? new SingleServerSet(
                                                        server.host(),
                                                        server.port(),
                                                        tls.orElseThrow().getSocketFactory(),
                                                        how)
                                                : new SingleServerSet(
                                                        server.host(), server.port(), how))
                        .toArray(ServerSet[]::new);
        return new FailoverServerSet(each);
    }

    private static LDAPConnectionPool pool(
            ServerSet servers,
            Optional<SimpleBindRequest> login,
            Optional<PostConnectProcessor> started,
            LdapOptions.Pool how) {
        try {
            LDAPConnectionPool pool =
                    new LDAPConnectionPool(
                            servers,
                            nullable(login),
                            0,
                            Math.max(1, how.most()),
                            nullable(started),
                            false);
            pool.setConnectionPoolName("directory");
            pool.setCreateIfNecessary(true);
            pool.setMaxConnectionAgeMillis(Math.max(1, how.lifetime().toMillis()));
            return pool;
        } catch (LDAPException e) {
            throw unavailable(e);
        }
    }

    private Optional<SSLContext> tls() {
        boolean secure = options.servers().stream().anyMatch(LdapOptions.Server::secure);
        if (!secure && !options.tls().start()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SSLUtil(trusted()).createSSLContext());
        } catch (GeneralSecurityException | IOException e) {
            throw new DirectoryUnavailable(
                    "[ldap] the authorities that its certificate must be of cannot be read: " + e);
        }
    }

    private TrustManager trusted() throws KeyStoreException, IOException {
        if (!options.tls().checked()) {
            return new TrustAllTrustManager();
        }
        Optional<Path> authorities = options.tls().authorities();
        if (authorities.isEmpty()) {
            return JVMDefaultTrustManager.getInstance();
        }
        if (!Files.isDirectory(authorities.get())) {
            return new PEMFileTrustManager(authorities.get().toFile());
        }
        try (Stream<Path> files = Files.list(authorities.get())) {
            return new PEMFileTrustManager(
                    files.filter(Files::isRegularFile).map(Path::toFile).toArray(File[]::new));
        }
    }

    /** What is done with one entry of an answer. */
    @FunctionalInterface
    interface Sink {
        void take(SearchResultEntry entry);
    }

    /**
     * Asks, page by page where pages are configured; what is found goes to the sink as it comes,
     * each entry once.
     *
     * @return whether that is all there is, or as much as the directory gives
     * @throws DirectoryUnavailable when it does not answer
     */
    boolean search(SearchRequest question, Sink sink) {
        if (options.log()) {
            log.info("asking {}: {}", options.servers(), question);
        }
        Answer answer = new Answer(sink);
        return with(
                questions,
                options.pool(),
                connection -> {
                    try {
                        ask(connection, question, answer);
                        return true;
                    } catch (LDAPException e) {
                        if (e.getResultCode().equals(ResultCode.NO_SUCH_OBJECT)) {
                            return true;
                        }
                        if (CUT.contains(e.getResultCode())) {
                            log.warn(
                                    "{} gives no more of {} than {}: {}",
                                    options.servers(),
                                    question.getBaseDN(),
                                    answer.taken,
                                    e.getResultCode());
                            return false;
                        }
                        // A second attempt would tell the sink the same once more.
                        if (answer.taken > 0) {
                            throw unavailable(e);
                        }
                        throw e;
                    }
                });
    }

    private void ask(LDAPConnection connection, SearchRequest question, Answer answer)
            throws LDAPException {
        @Nullable ASN1OctetString cookie = null;
        do {
            SearchRequest part =
                    new SearchRequest(
                            answer,
                            question.getBaseDN(),
                            question.getScope(),
                            question.getDereferencePolicy(),
                            question.getSizeLimit(),
                            question.getTimeLimitSeconds(),
                            false,
                            question.getFilter(),
                            question.getAttributes());
            if (options.pageSize() > 0) {
                part.setControls(new SimplePagedResultsControl(options.pageSize(), cookie));
            }
            SimplePagedResultsControl more = SimplePagedResultsControl.get(connection.search(part));
            cookie = more != null && more.moreResultsToReturn() ? more.getCookie() : null;
        } while (cookie != null);
    }

    /** Hands each entry on; where else there is more of it is of no interest. */
    private static final class Answer implements SearchResultListener {
        private static final long serialVersionUID = 1;

        private final transient Sink sink;
        private int taken;

        Answer(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void searchEntryReturned(SearchResultEntry entry) {
            taken++;
            sink.take(entry);
        }

        @Override
        public void searchReferenceReturned(SearchResultReference reference) {
            log.debug("passed over: {}", reference);
        }
    }

    /**
     * Whether the directory takes the password for the entry. An empty one is never asked about: it
     * would be an anonymous bind, which succeeds (RFC 4513, 5.1.2).
     *
     * @throws DirectoryUnavailable when it does not answer
     */
    boolean takes(String dn, String password) {
        if (password.isEmpty() || dn.isEmpty()) {
            return false;
        }
        return with(
                binds,
                options.binds(),
                connection -> {
                    try {
                        connection.bind(dn, password);
                        return true;
                    } catch (LDAPException e) {
                        if (LOST.contains(e.getResultCode())) {
                            throw e;
                        }
                        log.info("the directory refuses {}: {}", dn, e.getResultCode());
                        return false;
                    }
                });
    }

    @FunctionalInterface
    private interface Use<T> {
        T of(LDAPConnection connection) throws LDAPException;
    }

    private <T> T with(LDAPConnectionPool pool, LdapOptions.Pool how, Use<T> use) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(pool, how, use);
            } catch (LDAPException e) {
                if (!LOST.contains(e.getResultCode()) || attempt >= how.attempts()) {
                    throw unavailable(e);
                }
                pause(how);
            }
        }
    }

    private static <T> T once(LDAPConnectionPool pool, LdapOptions.Pool how, Use<T> use)
            throws LDAPException {
        LDAPConnection connection = pool.getConnection();
        boolean good = false;
        try {
            T result = use.of(connection);
            good = how.most() > 0;
            return result;
        } finally {
            if (good) {
                pool.releaseConnection(connection);
            } else {
                pool.releaseDefunctConnection(connection);
            }
        }
    }

    private static void pause(LdapOptions.Pool how) {
        try {
            Thread.sleep(how.pause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DirectoryUnavailable("interrupted");
        }
    }

    private static DirectoryUnavailable unavailable(LDAPException e) {
        return new DirectoryUnavailable(e.getResultCode() + ": " + e.getExceptionMessage());
    }

    private static <T> @Nullable T nullable(Optional<? extends T> value) {
        return value.isPresent() ? value.get() : null;
    }

    @Override
    public void close() {
        questions.close();
        binds.close();
    }
}
