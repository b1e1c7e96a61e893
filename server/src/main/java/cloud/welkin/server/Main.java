package cloud.welkin.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program's own command line; people use the launcher {@code ./welkin}, which calls it. */
@Command(
        name = "welkin",
        mixinStandardHelpOptions = true,
        description = "A private cloud in one program.",
        subcommands = {
            Main.Serve.class,
            Main.Ask.Status.class,
            Main.Ask.Examine.class,
            Main.Ask.Rules.class,
            IdentityCommands.AuditTrail.class,
            IdentityCommands.KeyRotation.class,
            IdentityCommands.PolicyCheck.class,
            Main.Purge.class,
            Main.Reference.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    /** Exit codes: 0 done, 1 failed, 2 something that the user can mend, 3 nothing runs. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler(
                (failure, command, parsed) -> {
                    if (failure instanceof Refused) {
                        System.err.println("welkin: " + failure.getMessage());
                        return 2;
                    }
                    failure.printStackTrace();
                    return 1;
                });
        System.exit(line.execute(arguments));
    }

    @Command(name = "serve", description = "Runs the cloud until it is told to stop.")
    static final class Serve implements Runnable {
        @Option(names = "--home", required = true)
        Path home = Path.of("");

        @Option(names = "--listen", defaultValue = "127.0.0.1:8780")
        String listen = "";

        @Option(names = "--set")
        List<String> sets = List.of();

        @Override
        public void run() {
            try {
                Program.serve(home, listen, sets);
            } catch (IOException e) {
                throw new Refused(String.valueOf(e.getMessage()), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Questions to the running program. */
    static final class Ask {
        private Ask() {}

        @Command(name = "status", description = "Shows the state of each part.")
        static final class Status extends Question {
            Status() {
                super("/status");
            }
        }

        @Command(name = "doctor", description = "Checks every invariant; 1 if one is broken.")
        static final class Examine extends Question {
            Examine() {
                super("/doctor");
            }
        }

        @Command(
                name = "policy",
                description = "Prints every rule with its default, as a policy.yaml to begin with.")
        static final class Rules extends Question {
            Rules() {
                super("/policy");
            }
        }

        abstract static class Question implements Callable<Integer> {
            @Option(names = "--home", required = true)
            Path home = Path.of("");

            private final String path;

            Question(String path) {
                this.path = path;
            }

            @Override
            public Integer call() throws IOException {
                return ControlClient.print(home, path, Map.of());
            }
        }
    }

    @Command(name = "purge", description = "Removes every trace of a stopped cloud.")
    static final class Purge implements Runnable {
        @Option(names = "--home", required = true)
        Path home = Path.of("");

        @Override
        public void run() {
            try {
                Program.purge(home);
            } catch (IOException e) {
                throw new Refused(String.valueOf(e.getMessage()), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Command(name = "settings", description = "Prints the reference of all settings, in Markdown.")
    static final class Reference implements Runnable {
        @Override
        public void run() {
            System.out.print(cloud.welkin.kernel.settings.Settings.reference(WelkinSettings.ALL));
        }
    }
}
