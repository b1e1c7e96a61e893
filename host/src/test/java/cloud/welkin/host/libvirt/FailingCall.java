package cloud.welkin.host.libvirt;

/** A program of its own: ends with 0 if the call fails as it should. */
final class FailingCall {

    private FailingCall() {}

    public static void main(String[] arguments) {
        try (Connection connection = Connection.open("test:///default")) {
            connection.define("no xml");
            System.exit(1);
        } catch (LibvirtException expected) {
            System.exit(0);
        }
    }
}
