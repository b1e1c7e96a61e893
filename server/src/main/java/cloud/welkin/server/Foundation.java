package cloud.welkin.server;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.RequestLog;
import cloud.welkin.kernel.api.RequestObserver;
import cloud.welkin.kernel.doctor.Doctor;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.kernel.settings.Settings;
import cloud.welkin.kernel.telemetry.Telemetry;
import cloud.welkin.kernel.telemetry.Traces;
import cloud.welkin.kernel.work.Work;
import cloud.welkin.kernel.work.WorkOptions;
import java.time.Clock;
import java.util.Optional;

/** What every service stands on: the kernel's parts on one database. */
record Foundation(
        Clock clock,
        Database database,
        Telemetry telemetry,
        RequestObserver requests,
        Work work,
        Events events,
        Quotas quotas,
        Doctor doctor) {

    static Foundation on(Database database, Settings settings, Closing closing) {
        Clock clock = Clock.systemUTC();
        Telemetry telemetry = closing.add(new Telemetry());
        telemetry.watch(database.dataSource());
        Optional<Traces> traces =
                settings.get(WelkinSettings.TRACES_ENDPOINT)
                        .map(receiver -> closing.add(new Traces(receiver, clock)));
        RequestLog log = new RequestLog(telemetry.registry());
        Work work =
                closing.add(
                        Work.on(
                                database,
                                WorkOptions.of("welkin"),
                                clock,
                                traces.map(t -> telemetry.sagas().and(t.sagas()))
                                        .orElseGet(telemetry::sagas),
                                traces.map(t -> telemetry.reconcilers().and(t.reconcilers()))
                                        .orElseGet(telemetry::reconcilers)));
        Events events =
                closing.add(new Events(database, settings.get(WelkinSettings.EVENTS_KEEP), clock));
        Doctor doctor = new Doctor();
        doctor.register(work.invariants());
        doctor.register(events.invariants());
        work.reconcilers().register(events.housekeeping());
        return new Foundation(
                clock,
                database,
                telemetry,
                traces.map(log::and).orElse(log),
                work,
                events,
                new Quotas(database),
                doctor);
    }

    /** Begins to work on what is waiting; all that does work must be registered by now. */
    void start() {
        work.start();
        events.start();
    }
}
