package cloud.welkin.identity.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.json.Json;
import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchEntry;
import com.unboundid.ldap.listener.interceptor.InMemoryInterceptedSearchRequest;
import com.unboundid.ldap.listener.interceptor.InMemoryOperationInterceptor;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.SearchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A group's members by parts. OpenLDAP has no such thing, so this directory plays Active Directory
 * in this one respect.
 */
class RangesTest {
    private static final int TOGETHER = 3;

    /** Gives three members at a time, as MS-ADTS 3.1.1.3.1.3.3 says. */
    private static final class ByParts extends InMemoryOperationInterceptor {
        @Override
        public void processSearchRequest(InMemoryInterceptedSearchRequest asked) {
            SearchRequest request = asked.getRequest().duplicate();
            List<String> attributes = request.getAttributeList();
            asked.setProperty(
                    "from",
                    attributes.stream()
                            .filter(name -> name.contains("range="))
                            .map(name -> name.replaceAll(".*range=(\\d+)-.*", "$1"))
                            .mapToInt(Integer::parseInt)
                            .findFirst()
                            .orElse(0));
            request.setAttributes(
                    attributes.stream().map(name -> name.replaceAll(";.*", "")).toList());
            asked.setRequest(request);
        }

        @Override
        public void processSearchEntry(InMemoryInterceptedSearchEntry found) {
            Entry entry = found.getSearchEntry();
            Attribute members = entry.getAttribute("member");
            if (members == null) {
                return;
            }
            int from = (Integer) found.getProperty("from");
            String[] all = members.getValues();
            int to = Math.min(all.length, from + TOGETHER);
            String last = to == all.length ? "*" : String.valueOf(to - 1);
            Entry part = entry.duplicate();
            part.removeAttribute("member");
            part.addAttribute(
                    "member;range=" + from + "-" + last, Arrays.copyOfRange(all, from, to));
            found.setSearchEntry(
                    new com.unboundid.ldap.sdk.SearchResultEntry(
                            part, found.getSearchEntry().getControls()));
        }
    }

    @Test
    void aGroupThatIsGivenByPartsIsReadToItsEnd() throws Exception {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("dc=example");
        config.setSchema(null);
        config.addInMemoryOperationInterceptor(new ByParts());
        try (InMemoryDirectoryServer server = new InMemoryDirectoryServer(config)) {
            server.add("dn: dc=example", "objectClass: domain", "dc: example");
            List<String> group =
                    new ArrayList<>(
                            List.of("dn: cn=all,dc=example", "objectClass: group", "cn: all"));
            List<String> names = IntStream.range(0, 8).mapToObj(i -> "user" + i).toList();
            for (String name : names) {
                server.add("dn: cn=" + name + ",dc=example", "objectClass: person", "cn: " + name);
                group.add("member: cn=" + name + ",dc=example");
            }
            server.add(group.toArray(String[]::new));
            server.startListening();
            try (LdapDirectory directory = directory(server.getListenPort())) {
                List<LdapUser> members =
                        directory.membersOf(directory.groupsNamed("all").getFirst());
                assertThat(members)
                        .extracting(LdapUser::name)
                        .containsExactlyInAnyOrderElementsOf(names);
            }
        }
    }

    private static LdapDirectory directory(int port) {
        Map<String, JsonNode> options =
                Map.of(
                        "url", Json.tree("ldap://localhost:" + port),
                        "user_tree_dn", Json.tree("dc=example"),
                        "user_objectclass", Json.tree("person"),
                        "user_name_attribute", Json.tree("cn"),
                        "group_tree_dn", Json.tree("dc=example"),
                        "group_objectclass", Json.tree("group"),
                        "group_name_attribute", Json.tree("cn"));
        return new LdapDirectory(LdapOptionReader.read(options, Duration.ofSeconds(5)));
    }
}
