alter table volumes drop constraint volumes_status_check;
alter table volumes add constraint volumes_status_check check (status in
    ('creating', 'available', 'reserved', 'attaching', 'in-use', 'detaching', 'extending', 'awaiting-transfer',
     'deleting', 'error', 'error_extending', 'error_deleting'));

-- A volume offered to whoever has the key; gone once taken or withdrawn.
create table transfers (
    id uuid primary key,
    volume_id uuid not null unique references volumes (id) on delete cascade,
    project text not null,
    name text,
    key_hash text not null,
    no_snapshots boolean not null,
    created_at timestamptz not null
);
create index transfers_by_project on transfers (project, created_at, id);

-- What a project's volumes get where their maker names no type.
create table default_types (
    project text primary key,
    type_id uuid not null references types (id)
);
create index default_types_by_type on default_types (type_id);

-- Why something failed, for its owner.
create table messages (
    id uuid primary key,
    project text not null,
    request_id text not null,
    resource_type text not null,
    resource_id uuid not null,
    action_id text not null,
    detail_id text not null,
    detail text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index messages_by_project on messages (project, created_at desc, id desc);
create index messages_by_expiry on messages (expires_at);

-- The volumes and snapshots whose data hosts found when they last compared; the doctor compares it with the rows.
alter table hosts add column compared_at timestamptz;
create table files (
    host text not null references hosts (name) on delete cascade,
    id uuid not null,
    -- Of the first comparison that found it: what two of them found was not just being removed.
    found_at timestamptz not null,
    primary key (host, id)
);
