package cloud.welkin.volume.api;

import cloud.welkin.volume.domain.Volume;
import java.util.Map;
import java.util.Optional;

/** A volume with some of its owner's fields changed. */
final class Changes {
    private final Volume volume;
    private Optional<String> name;
    private Optional<String> description;
    private boolean bootable;
    private boolean readOnly;
    private Map<String, String> metadata;
    private Map<String, String> imageMetadata;

    private Changes(Volume volume) {
        this.volume = volume;
        name = volume.name();
        description = volume.description();
        bootable = volume.bootable();
        readOnly = volume.readOnly();
        metadata = volume.metadata();
        imageMetadata = volume.imageMetadata();
    }

    static Changes of(Volume volume) {
        return new Changes(volume);
    }

    Changes named(Optional<String> newName, Optional<String> newDescription) {
        name = newName;
        description = newDescription;
        return this;
    }

    Changes bootable(boolean now) {
        bootable = now;
        return this;
    }

    Changes readOnly(boolean now) {
        readOnly = now;
        return this;
    }

    Changes metadata(Map<String, String> now) {
        metadata = now;
        return this;
    }

    Changes imageMetadata(Map<String, String> now) {
        imageMetadata = now;
        return this;
    }

    Volume done() {
        return new Volume(
                volume.id(),
                volume.project(),
                volume.user(),
                name,
                description,
                volume.sizeGib(),
                volume.wantedGib(),
                volume.status(),
                volume.type(),
                volume.typeName(),
                volume.zone(),
                bootable,
                volume.multiattach(),
                readOnly,
                volume.snapshot(),
                volume.source(),
                volume.image(),
                volume.content(),
                volume.contentFormat(),
                metadata,
                imageMetadata,
                volume.host(),
                volume.path(),
                volume.fault(),
                volume.generation(),
                volume.observed(),
                volume.createdAt(),
                volume.updatedAt());
    }
}
