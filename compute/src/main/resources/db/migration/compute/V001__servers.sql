create table flavor (
    id            text primary key,
    name          text not null constraint flavor_name unique,
    description   text,
    vcpus         integer not null check (vcpus > 0),
    ram_mib       integer not null check (ram_mib > 0),
    disk_gib      integer not null check (disk_gib >= 0),
    ephemeral_gib integer not null default 0 check (ephemeral_gib >= 0),
    swap_mib      integer not null default 0 check (swap_mib >= 0),
    is_public     boolean not null default true,
    extra_specs   jsonb not null default '{}',
    created_at    timestamptz not null default now()
);

create table flavor_access (
    flavor_id  text not null references flavor on delete cascade,
    project_id text not null,
    constraint flavor_access_once primary key (flavor_id, project_id)
);

create table keypair (
    number      bigint generated always as identity primary key,
    user_id     text not null,
    name        text not null,
    type        text not null check (type in ('ssh', 'x509')),
    public_key  text not null,
    fingerprint text not null,
    created_at  timestamptz not null default now(),
    constraint keypair_name unique (user_id, name)
);

-- A host as it last said it is. number serves clients from before 2.53, who know hosts and services by numbers.
create table host (
    name            text primary key,
    number          integer generated always as identity unique,
    id              uuid not null unique,
    service_id      uuid not null unique,
    zone            text not null default 'nova',
    boot_id         text not null,
    driver          text not null,
    hypervisor_type text not null,
    engine_version  bigint not null,
    vcpus           integer not null,
    memory_mib      bigint not null,
    disk_gib        bigint not null,
    disk_free_gib   bigint not null,
    cpu_model       text not null,
    address         text not null,
    started_at      timestamptz not null,
    disabled        boolean not null default false,
    disabled_reason text,
    forced_down     boolean not null default false,
    registered_at   timestamptz not null default now(),
    updated_at      timestamptz,
    seen_at         timestamptz not null
);

create table server_group (
    id         uuid primary key,
    project_id text not null,
    user_id    text not null,
    name       text not null,
    policy     text not null check (policy in ('affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity')),
    -- anti-affinity: how many members may share a host
    per_host   integer not null default 1 check (per_host > 0),
    created_at timestamptz not null default now()
);
create index server_group_by_project on server_group (project_id, created_at, id);

-- What Nova's API tells of a server. A deleted one stays until housekeeping takes it: usage and changes-since show it.
create table server (
    id               uuid primary key,
    number           bigint generated always as identity unique,
    project_id       text not null,
    user_id          text not null,
    name             text not null,
    hostname         text not null,
    description      text,
    -- the flavor as it was when the server was made
    flavor_id        text not null,
    flavor           jsonb not null,
    vcpus            integer not null,
    ram_mib          integer not null,
    image_id         uuid,
    image            jsonb not null default '{}',
    host             text not null,
    zone             text not null,
    pinned_zone      text,
    key_name         text,
    public_key       text,
    key_type         text,
    user_data        text,
    config_drive     boolean not null default false,
    -- kept only until the guest has started for the first time
    admin_pass       text,
    metadata         jsonb not null default '{}',
    tags             text[] not null default '{}',
    hints            jsonb not null default '{}',
    group_id         uuid references server_group on delete set null,
    access_v4        text not null default '',
    access_v6        text not null default '',
    disk_config      text not null default 'MANUAL' check (disk_config in ('AUTO', 'MANUAL')),
    locked           boolean not null default false,
    locked_by_admin  boolean not null default false,
    locked_reason    text,
    vm_state         text not null
        check (vm_state in ('building', 'active', 'paused', 'suspended', 'stopped', 'error', 'deleted')),
    task_state       text
        check (task_state in ('block_device_mapping', 'spawning', 'deleting', 'powering-off', 'powering-on', 'rebooting',
            'rebooting_hard', 'pausing', 'unpausing', 'suspending', 'resuming', 'rebuilding', 'image_snapshot')),
    power_state      integer not null default 0,
    fault            jsonb,
    reservation_id   text not null,
    launch_index     integer not null default 0,
    root_device      text not null,
    -- kept equal to the rows of nic and attachment, so that a list is one statement
    addresses        jsonb not null default '{}',
    security_groups  jsonb not null default '[]',
    volumes          jsonb not null default '[]',
    created_at       timestamptz not null,
    updated_at       timestamptz not null,
    launched_at      timestamptz,
    terminated_at    timestamptz,
    deleted_at       timestamptz,
    check ((deleted_at is not null) = (vm_state = 'deleted')),
    -- a state without a task is one that only a request leaves; building always has one
    check (vm_state <> 'building' or task_state is not null)
);
create index server_live on server (created_at desc, id desc) where deleted_at is null;
create index server_live_by_project on server (project_id, created_at desc, id desc) where deleted_at is null;
create index server_live_by_host on server (host) where deleted_at is null;
create index server_live_by_group on server (group_id) where deleted_at is null;
create index server_changed on server (project_id, updated_at);
create index server_deleted on server (deleted_at) where deleted_at is not null;
create index server_by_project on server (project_id, created_at desc, id desc);

-- What shall be of a server on its host, and what the host last said. Goes when the host says that nothing is left.
create table guest (
    server_id           uuid primary key references server on delete cascade,
    host                text not null,
    generation          bigint not null default 1,
    observed_generation bigint not null default 0,
    -- false while volumes are being made for it: the host is not told of it yet
    ready               boolean not null,
    present             boolean not null default true,
    power               text not null default 'RUNNING' check (power in ('RUNNING', 'PAUSED', 'SUSPENDED', 'STOPPED')),
    rebuilds            bigint not null default 0,
    reboots             bigint not null default 0,
    hard_reboot         boolean not null default false,
    root                jsonb not null,
    hardware            jsonb not null default '{}',
    observed_power      text,
    vnc_socket          text,
    changed_at          timestamptz not null,
    reported_at         timestamptz,
    check (observed_generation <= generation)
);
create index guest_by_host on guest (host) where ready;
create index guest_pending on guest (host) where ready and observed_generation < generation;

create table nic (
    port_id    uuid primary key,
    server_id  uuid not null references server on delete cascade,
    number     bigint generated always as identity,
    network_id uuid not null,
    mac        text not null,
    mtu        integer not null,
    device     text not null,
    tag        text,
    keep       boolean not null,
    -- whether the guest shall have it, and whether it has it
    wanted     boolean not null default true,
    plugged    boolean not null default false,
    -- everything the network service tells of the port, for addresses and guest metadata
    facts      jsonb not null
);
create index nic_by_server on nic (server_id, number);

create table attachment (
    id                    uuid primary key,
    server_id             uuid not null references server on delete cascade,
    number                bigint generated always as identity,
    volume_id             uuid not null,
    -- the volume service's attachment; absent while the volume is being made
    reservation_id        uuid,
    device                text not null,
    boot_index            integer,
    tag                   text,
    delete_on_termination boolean not null default false,
    path                  text,
    size_gib              bigint not null,
    wanted                boolean not null default true,
    plugged               boolean not null default false,
    constraint attachment_once unique (server_id, volume_id),
    constraint attachment_device unique (server_id, device)
);
create index attachment_by_server on attachment (server_id, number);
create index attachment_by_volume on attachment (volume_id);

create table action (
    server_id  uuid not null references server on delete cascade,
    request_id text not null,
    action     text not null,
    project_id text not null,
    user_id    text not null,
    message    text,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (server_id, request_id)
);
create index action_by_time on action (server_id, started_at desc);

create table action_event (
    number      bigint generated always as identity primary key,
    server_id   uuid not null,
    request_id  text not null,
    event       text not null,
    result      text,
    details     text,
    host        text not null,
    started_at  timestamptz not null,
    finished_at timestamptz,
    foreign key (server_id, request_id) references action on delete cascade
);
create index action_event_by_action on action_event (server_id, request_id, number);
create index action_event_open on action_event (server_id) where finished_at is null;

create table console_token (
    token_hash text primary key,
    server_id  uuid not null references server on delete cascade,
    type       text not null,
    expires_at timestamptz not null
);
create index console_token_by_expiry on console_token (expires_at);

-- Work that a host does once.
create table host_task (
    id         uuid primary key,
    host       text not null,
    server_id  uuid not null references server on delete cascade,
    target     text not null,
    format     text not null,
    done       boolean not null default false,
    fault      text,
    created_at timestamptz not null default now()
);
create index host_task_open on host_task (host) where not done;
