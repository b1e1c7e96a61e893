package cloud.welkin.compute.domain;

import java.util.UUID;

/** What a short list tells of a server. */
public record ServerName(UUID id, String name) {}
