package cloud.welkin.host.libvirt;

/** Domains for the test driver. */
final class TestXml {

    private TestXml() {}

    static String domain(String name) {
        return """
        <domain type='test'>
          <name>%s</name>
          <memory unit='MiB'>64</memory>
          <vcpu>2</vcpu>
          <os><type>hvm</type></os>
        </domain>
        """
                .formatted(name);
    }
}
