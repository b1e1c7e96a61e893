package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.HOST;

import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.schema.tables.records.HostRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Hosts in the database. */
public final class HostStore {
    public Optional<Host> find(Tx tx, HostName name) {
        return tx.sql()
                .selectFrom(HOST)
                .where(HOST.NAME.eq(name.value()))
                .fetchOptional(HostStore::host);
    }

    public List<Host> all(Tx tx) {
        return tx.sql().selectFrom(HOST).orderBy(HOST.NAME).fetch(HostStore::host);
    }

    public List<Host> named(Tx tx, List<HostName> names) {
        return tx.sql()
                .selectFrom(HOST)
                .where(HOST.NAME.in(names.stream().map(HostName::value).toList()))
                .fetch(HostStore::host);
    }

    public boolean zoneExists(Tx tx, String zone) {
        return tx.sql().fetchExists(HOST, HOST.ZONE.eq(zone));
    }

    /** Makes the host's row what it says of itself; what the operator decided stays. */
    public void register(Tx tx, HostFacts facts, UUID provider, Instant now) {
        HostRecord row = tx.sql().newRecord(HOST);
        row.setBootId(facts.bootId());
        row.setDriver(facts.driver());
        row.setHypervisorType(facts.hypervisorType());
        row.setEngineVersion(facts.engineVersion());
        row.setVcpus(facts.vcpus());
        row.setMemoryMib(facts.memoryMib());
        row.setDiskGib(facts.diskGib());
        row.setDiskFreeGib(facts.diskFreeGib());
        row.setCpuModel(facts.cpuModel());
        row.setAddress(facts.address());
        row.setStartedAt(facts.startedAt());
        row.setSeenAt(now);
        if (tx.sql().update(HOST).set(row).where(HOST.NAME.eq(facts.name().value())).execute()
                == 0) {
            row.setName(facts.name().value());
            row.setId(provider);
            row.setServiceId(UUID.randomUUID());
            tx.sql().insertInto(HOST).set(row).onConflictDoNothing().execute();
        }
    }

    public void setDisabled(
            Tx tx, HostName name, boolean disabled, Optional<String> reason, Instant now) {
        tx.sql()
                .update(HOST)
                .set(HOST.DISABLED, disabled)
                .set(HOST.DISABLED_REASON, reason.orElse(null))
                .set(HOST.UPDATED_AT, now)
                .where(HOST.NAME.eq(name.value()))
                .execute();
    }

    public void setForcedDown(Tx tx, HostName name, boolean down, Instant now) {
        tx.sql()
                .update(HOST)
                .set(HOST.FORCED_DOWN, down)
                .set(HOST.UPDATED_AT, now)
                .where(HOST.NAME.eq(name.value()))
                .execute();
    }

    public void setZone(Tx tx, HostName name, String zone) {
        tx.sql().update(HOST).set(HOST.ZONE, zone).where(HOST.NAME.eq(name.value())).execute();
    }

    public void delete(Tx tx, HostName name) {
        tx.sql().deleteFrom(HOST).where(HOST.NAME.eq(name.value())).execute();
    }

    private static Host host(HostRecord row) {
        return new Host(
                row.getNumber(),
                row.getId(),
                row.getServiceId(),
                row.getZone(),
                new HostFacts(
                        new HostName(row.getName()),
                        row.getBootId(),
                        row.getDriver(),
                        row.getHypervisorType(),
                        row.getEngineVersion(),
                        row.getVcpus(),
                        row.getMemoryMib(),
                        row.getDiskGib(),
                        row.getDiskFreeGib(),
                        row.getCpuModel(),
                        row.getAddress(),
                        row.getStartedAt()),
                row.getDisabled(),
                Rows.maybe(row.getDisabledReason()),
                row.getForcedDown(),
                row.getSeenAt(),
                Rows.maybe(row.getUpdatedAt()));
    }
}
