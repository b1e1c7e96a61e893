package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.stream.Stream;

/**
 * The account that guests' processes run as. It is a pair of numbers and needs be in no {@code
 * /etc/passwd}. What a guest's process must reach belongs to it or lies behind a {@link #gate};
 * everything else on the machine is closed to it, other clouds' guests too.
 */
public record GuestAccount(int uid, int gid) {

    /**
     * Numbers that no system gives to anybody (systemd's table of UIDs), as many as make two homes
     * with the same one unlikely.
     *
     * @see <a href="https://systemd.io/UIDS-GIDS/">Users, Groups, UIDs and GIDs</a>
     */
    private static final int FIRST = 1_879_048_192;

    private static final int COUNT = 1 << 20;

    /** The same where a container knows 16 bits of them only. */
    private static final int FIRST_OF_FEW = 60_578;

    private static final int FEW = 606;

    /** Of a home's own guests: always the same for the same path. */
    static GuestAccount of(Path home) {
        return of(home, HostFolder.text(Path.of("/proc/self/uid_map")));
    }

    static GuestAccount of(Path home, String uidMap) {
        try {
            var digest =
                    new BigInteger(
                            1,
                            MessageDigest.getInstance("SHA-256")
                                    .digest(home.toString().getBytes(StandardCharsets.UTF_8)));
            boolean all = uidMap.lines().anyMatch(GuestAccount::hasAll);
            int first = all ? FIRST : FIRST_OF_FEW;
            int id = first + digest.mod(BigInteger.valueOf(all ? COUNT : FEW)).intValue();
            return new GuestAccount(id, id);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A line of it: the first id inside, the first outside, how many. */
    private static boolean hasAll(String line) {
        var numbers = line.strip().split(" +");
        return numbers.length == 3
                && Long.parseLong(numbers[0]) <= FIRST
                && Long.parseLong(numbers[0]) + Long.parseLong(numbers[2]) >= FIRST + (long) COUNT;
    }

    /** Whose a file or folder is. */
    public static GuestAccount owning(Path path) {
        try {
            return new GuestAccount(
                    (int) Files.getAttribute(path, "unix:uid"),
                    (int) Files.getAttribute(path, "unix:gid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes a file or folder this account's own; its permissions stay. Never what a symbolic link
     * names: a guest's process may put one where its file was.
     */
    public void own(Path path) throws IOException {
        Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes a folder, where it is missing, that this account may pass through and not list, and
     * others not even that.
     */
    public void gate(Path folder) throws IOException {
        Files.createDirectories(folder);
        if ((int) Files.getAttribute(folder, "unix:gid") != gid) {
            Files.setAttribute(folder, "unix:gid", gid);
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x---"));
    }

    /**
     * Makes every file of a folder this account's own, whoever made it; not the folder itself. What
     * has a second name is left alone: a guest's process, were it allowed to, could have linked
     * somebody else's file there.
     */
    public void ownAllIn(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.toList()) {
                try {
                    if ((int) Files.getAttribute(each, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
                            == 1) {
                        own(each);
                    }
                } catch (NoSuchFileException gone) {
                    // A guest that runs may remove what is its own.
                }
            }
        }
    }

    /** Lets every account pass through a folder; it goes on to read what it could before. */
    static void passable(Path folder) throws IOException {
        var permissions = Files.getPosixFilePermissions(folder);
        if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
            Files.setPosixFilePermissions(folder, permissions);
        }
    }
}
