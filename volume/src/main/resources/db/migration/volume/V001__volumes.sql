-- The hosts that keep volumes, as they say of themselves.
create table hosts (
    name text primary key,
    service_id uuid not null default gen_random_uuid(),
    disk_gib bigint not null,
    disk_free_gib bigint not null,
    seen_at timestamptz not null
);

create table types (
    id uuid primary key,
    name text not null unique,
    description text,
    public boolean not null default true,
    extra_specs jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
insert into types (id, name, description)
values ('7f9d5b5e-6c0e-4d0c-9f6e-8d2a4b1c0001', '__DEFAULT__', 'Default Volume Type');

create table type_access (
    type_id uuid not null references types (id) on delete cascade,
    project text not null,
    primary key (type_id, project)
);

-- Volumes, and what their hosts shall make of them: generation grows with every change of the intent.
create table volumes (
    id uuid primary key,
    project text not null,
    user_id text not null,
    name text,
    description text,
    size_gib bigint not null check (size_gib > 0),
    wanted_gib bigint not null check (wanted_gib >= size_gib),
    status text not null check (status in
        ('creating', 'available', 'reserved', 'attaching', 'in-use', 'detaching', 'extending',
         'deleting', 'error', 'error_extending', 'error_deleting')),
    type_id uuid not null references types (id),
    zone text not null,
    bootable boolean not null default false,
    multiattach boolean not null default false,
    read_only boolean not null default false,
    snapshot_id uuid,
    source_id uuid,
    image_id uuid,
    content text,
    content_format text,
    metadata jsonb not null default '{}',
    image_metadata jsonb not null default '{}',
    host text references hosts (name),
    path text,
    fault text not null default '',
    generation bigint not null default 1,
    observed_generation bigint not null default 0,
    present boolean not null default true,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check (present = (status not in ('deleting', 'error_deleting')))
);
create index volumes_by_project on volumes (project, created_at desc, id desc);
create index volumes_by_time on volumes (created_at desc, id desc);
create index volumes_by_host on volumes (host);
create index volumes_by_type on volumes (type_id);
create index volumes_pending on volumes (host) where generation > observed_generation;
create index volumes_unplaced on volumes (created_at) where host is null;
create index volumes_being_made on volumes (coalesce(source_id, snapshot_id)) where status = 'creating';
create index volumes_by_metadata on volumes using gin (metadata jsonb_path_ops);

create table snapshots (
    id uuid primary key,
    project text not null,
    user_id text not null,
    volume_id uuid not null,
    type_id uuid not null,
    name text,
    description text,
    size_gib bigint not null check (size_gib > 0),
    status text not null check (status in
        ('creating', 'available', 'deleting', 'error', 'error_deleting')),
    metadata jsonb not null default '{}',
    host text references hosts (name),
    fault text not null default '',
    generation bigint not null default 1,
    observed_generation bigint not null default 0,
    present boolean not null default true,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index snapshots_by_project on snapshots (project, created_at desc, id desc);
create index snapshots_by_time on snapshots (created_at desc, id desc);
create index snapshots_by_volume on snapshots (volume_id);
create index snapshots_by_host on snapshots (host);
create index snapshots_pending on snapshots (host) where generation > observed_generation;

create table attachments (
    id uuid primary key,
    volume_id uuid not null references volumes (id),
    project text not null,
    server_id uuid,
    status text not null check (status in ('reserved', 'attaching', 'attached', 'detaching')),
    mode text not null default 'rw' check (mode in ('rw', 'ro')),
    device text,
    host text,
    connector jsonb not null default '{}',
    created_at timestamptz not null,
    attached_at timestamptz,
    unique (volume_id, server_id)
);
create index attachments_by_server on attachments (server_id);
create index attachments_by_project on attachments (project, created_at desc, id desc);
