package cloud.welkin.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.host.agent.FoundGuest.Activity;
import cloud.welkin.host.contained.GuestAccount;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.Power;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainXmlTest {

    private static final UUID ID = UUID.fromString("11111111-2222-4333-8444-555555555555");
    private static final UUID PORT = UUID.fromString("0f3c0c52-6a4b-4b3e-9c92-7f5d6e0c1a01");
    private static final Marks MARKS =
            new Marks("cloud", 3, Power.RUNNING, 1, "boot", false, "digest");

    private static HostShape shape(String driver, boolean finishesChecksums) {
        return new HostShape(
                Path.of("/home"),
                driver,
                "pc",
                finishesChecksums,
                "br-int",
                new GuestAccount(0, 0),
                content -> Path.of("/images", content));
    }

    private static Wanted full() {
        Wanted wanted = new Wanted(ID).withConfigDrive();
        wanted.nics.add(new DesiredGuest.Nic(PORT, "fa:16:3e:00:00:01", 1442, "tap0f3c0c52-6a"));
        wanted.volumes.add(
                new DesiredGuest.VolumeDisk(PORT, "/v/1", "qcow2", PORT.toString(), "vdb", true));
        wanted.localDisks.add(new DesiredGuest.LocalDisk("ephemeral0", 16, false));
        wanted.localDisks.add(new DesiredGuest.LocalDisk("swap", 16, true));
        wanted.hardware = Map.of("hw_qemu_guest_agent", "yes");
        return wanted;
    }

    private static String xml(Wanted wanted) {
        return DomainXml.of(wanted.same(), shape("qemu", false), MARKS);
    }

    @Test
    void aPortsInterfaceIsOnTheIntegrationBridgeAndLeavesNoChecksumUnfinished() {
        assertThat(xml(full()))
                .contains(
                        """
                            <interface type='bridge'>
                              <mac address='fa:16:3e:00:00:01'/>
                              <source bridge='br-int'/>
                              <virtualport type='openvswitch'>
                                <parameters interfaceid='0f3c0c52-6a4b-4b3e-9c92-7f5d6e0c1a01'/>
                              </virtualport>
                              <target dev='tap0f3c0c52-6a'/>
                              <model type='virtio'/>
                              <driver name='qemu'>
                                <host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off' mrg_rxbuf='off'/>
                                <guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/>
                              </driver>
                              <mtu size='1442'/>
                              <alias name='ua-nic-0f3c0c52-6a4b-4b3e-9c92-7f5d6e0c1a01'/>
                            </interface>
                        """
                                .indent(0));
    }

    @Test
    void offloadsStayWhereTheDatapathFinishesChecksums() {
        assertThat(DomainXml.of(full().same(), shape("kvm", true), MARKS))
                .doesNotContain("csum")
                .contains("<domain type='kvm'>", "<cpu mode='host-model'");
    }

    @Test
    void theServersIdIsItsUuidAndItsSerial() {
        assertThat(xml(full()))
                .contains(
                        "<uuid>" + ID + "</uuid>",
                        "<entry name='uuid'>" + ID + "</entry>",
                        "<entry name='serial'>" + ID + "</entry>",
                        "<name>instance-" + ID + "</name>");
    }

    @Test
    void localDisksComeBeforeVolumesAndAVolumeTakesAnotherDeviceIfItsOwnIsTaken() {
        var targets = Targets.of(full().same());
        assertThat(targets.locals()).containsExactly("vdb", "vdc");
        assertThat(targets.volumes()).containsEntry(PORT, "vdd");
    }

    @Test
    void theFirstVolumeIsTheRootDiskWhereThereIsNoOther() {
        Wanted wanted = full();
        wanted.root = new DesiredGuest.RootDisk.FromVolume();
        assertThat(Targets.of(wanted.same()).volumes()).containsEntry(PORT, "vda");
        assertThat(xml(wanted)).doesNotContain("disk-0");
    }

    @Test
    void aKernelOfItsOwnIsBootedDirectly() {
        Wanted wanted = new Wanted(ID);
        wanted.root =
                new DesiredGuest.RootDisk.FromImage(
                        "r", "raw", 1, Optional.of("k"), Optional.of("i"), Optional.empty());
        assertThat(xml(wanted))
                .contains(
                        "<kernel>/images/k</kernel>",
                        "<initrd>/images/i</initrd>",
                        "<cmdline>root=/dev/vda console=ttyS0</cmdline>");
    }

    @Test
    void whatATenantWritesStaysText() {
        Wanted wanted = full();
        wanted.name = "</title><on_crash>'\"&\u0001\n\uD83D\uDE00";
        assertThat(xml(wanted))
                .contains(
                        "<title>&lt;/title&gt;&lt;on_crash&gt;&apos;&quot;&amp;\uFFFD"
                                + " \uD83D\uDE00</title>");
        assertThat(GuestLook.parse(xml(wanted)).getTagName()).isEqualTo("domain");
    }

    @Test
    void whatIsWrittenIsFoundAgain() {
        Wanted wanted = full();
        String xml = xml(wanted);
        FoundGuest found = GuestLook.of(Activity.RUNNING, false, false, true, xml, xml);
        assertThat(found.marks()).contains(MARKS);
        assertThat(found.root()).contains("/home/guests/" + ID + "/disk-0");
        assertThat(found.volumes()).containsEntry(PORT, "vdd");
        assertThat(found.nics()).containsExactly(PORT);
    }

    @Test
    void theDigestTellsChangesButNotGenerations() {
        Wanted wanted = full();
        String before = DomainXml.digest(wanted.same(), shape("qemu", false));
        assertThat(DomainXml.digest(wanted.now(), shape("qemu", false))).isEqualTo(before);
        wanted.memoryMib *= 2;
        assertThat(DomainXml.digest(wanted.now(), shape("qemu", false))).isNotEqualTo(before);
    }

    @Test
    @Tag("engine")
    void itFollowsLibvirtsSchema(@TempDir Path folder) throws Exception {
        // virt-xml-validate comes with libvirt, but xmllint, which it runs, does not.
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/xmllint")));
        Wanted direct = new Wanted(ID);
        direct.name = "<&> \uD83D\uDE00";
        direct.root =
                new DesiredGuest.RootDisk.FromImage(
                        "r", "raw", 1, Optional.of("k"), Optional.of("i"), Optional.empty());
        Wanted fromVolume = full();
        fromVolume.root = new DesiredGuest.RootDisk.FromVolume();
        for (Wanted wanted : java.util.List.of(full(), direct, fromVolume)) {
            for (String driver : java.util.List.of("qemu", "kvm")) {
                Path file = folder.resolve("domain.xml");
                Files.writeString(file, DomainXml.of(wanted.same(), shape(driver, false), MARKS));
                Program.run(Duration.ofSeconds(30), "virt-xml-validate", file.toString(), "domain");
            }
        }
    }
}
