package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Server;
import java.time.Instant;
import java.util.Optional;

/** Servers with one thing changed. */
final class Servers {
    private Servers() {}

    static Server changed(
            Server s,
            String name,
            String hostname,
            Optional<String> description,
            String accessV4,
            String accessV6,
            String diskConfig,
            Instant now) {
        return new Server(
                s.id(), s.number(), s.project(), s.user(), name, hostname, description, s.flavorId(),
                s.flavorJson(), s.vcpus(), s.ramMib(), s.image(), s.imageJson(), s.host(), s.zone(),
                s.pinnedZone(), s.key(), s.userData(), s.configDrive(), s.adminPass(),
                s.metadataJson(), s.tags(), s.hintsJson(), s.group(), accessV4, accessV6, diskConfig,
                s.lock(), s.state(), s.fault(), s.reservationId(), s.launchIndex(), s.rootDevice(),
                s.addressesJson(), s.securityGroupsJson(), s.volumesJson(), s.createdAt(), now,
                s.launchedAt(), s.terminatedAt(), s.deletedAt());
    }

    static Server locked(Server s, Server.Lock lock, Instant now) {
        return new Server(
                s.id(), s.number(), s.project(), s.user(), s.name(), s.hostname(), s.description(),
                s.flavorId(), s.flavorJson(), s.vcpus(), s.ramMib(), s.image(), s.imageJson(),
                s.host(), s.zone(), s.pinnedZone(), s.key(), s.userData(), s.configDrive(),
                s.adminPass(), s.metadataJson(), s.tags(), s.hintsJson(), s.group(), s.accessV4(),
                s.accessV6(), s.diskConfig(), lock, s.state(), s.fault(), s.reservationId(),
                s.launchIndex(), s.rootDevice(), s.addressesJson(), s.securityGroupsJson(),
                s.volumesJson(), s.createdAt(), now, s.launchedAt(), s.terminatedAt(), s.deletedAt());
    }

    static Server withMetadata(Server s, String metadataJson, Instant now) {
        return new Server(
                s.id(), s.number(), s.project(), s.user(), s.name(), s.hostname(), s.description(),
                s.flavorId(), s.flavorJson(), s.vcpus(), s.ramMib(), s.image(), s.imageJson(),
                s.host(), s.zone(), s.pinnedZone(), s.key(), s.userData(), s.configDrive(),
                s.adminPass(), metadataJson, s.tags(), s.hintsJson(), s.group(), s.accessV4(),
                s.accessV6(), s.diskConfig(), s.lock(), s.state(), s.fault(), s.reservationId(),
                s.launchIndex(), s.rootDevice(), s.addressesJson(), s.securityGroupsJson(),
                s.volumesJson(), s.createdAt(), now, s.launchedAt(), s.terminatedAt(), s.deletedAt());
    }
}
