-- Names are compared byte by byte (collation "C"), which is the order that listings promise.
create table accounts (
    id bigint generated always as identity primary key,
    name text collate "C" not null unique check (octet_length(name) between 1 and 256),
    -- lower-case names of headers and their values: X-Account-Meta-*, access control, quotas
    headers jsonb not null default '{}',
    created_at timestamptz not null
);

create table containers (
    id bigint generated always as identity primary key,
    account bigint not null references accounts,
    name text collate "C" not null check (octet_length(name) between 1 and 256),
    policy text not null,
    headers jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (account, name)
);

-- One row for each object that is there. An overwritten row's body becomes garbage by the triggers below, so that no
-- statement can lose one.
create table objects (
    container bigint not null references containers,
    name text collate "C" not null check (octet_length(name) between 1 and 1024),
    -- identifies this state of the object; a version where the container keeps versions
    id uuid not null,
    created_at timestamptz not null,
    -- bytes that listings show: for a manifest the sum of its segments
    size bigint not null check (size >= 0),
    -- bytes of the body that is stored
    length bigint not null check (length >= 0),
    etag text not null,
    content_type text not null,
    headers jsonb not null default '{}',
    -- absent where the body is empty
    locator text,
    policy text not null,
    delete_at timestamptz,
    primary key (container, name)
);
create index objects_to_delete on objects (delete_at) where delete_at is not null;

-- What containers hold: a base, and changes that are folded into it now and then. Writers only ever append, so a
-- thousand of them in one container wait for nobody.
create table usages (
    container bigint primary key references containers on delete cascade,
    objects bigint not null,
    bytes bigint not null
);
create table usage_changes (
    id bigint generated always as identity primary key,
    container bigint not null,
    objects bigint not null,
    bytes bigint not null
);
create index usage_changes_by_container on usage_changes (container);

-- Bodies that no row names any more. The row goes once the engine has forgotten the body.
create table garbage (
    id bigint generated always as identity primary key,
    policy text not null,
    locator text not null
);

create function count_inserted() returns trigger language plpgsql as $$
begin
    insert into object.usage_changes (container, objects, bytes)
        select container, count(*), sum(size) from changed group by container;
    return null;
end $$;

create function count_deleted() returns trigger language plpgsql as $$
begin
    insert into object.usage_changes (container, objects, bytes)
        select container, -count(*), -sum(size) from changed group by container;
    insert into object.garbage (policy, locator)
        select policy, locator from changed where locator is not null;
    return null;
end $$;

create function count_updated() returns trigger language plpgsql as $$
begin
    insert into object.usage_changes (container, objects, bytes)
        select container, sum(objects), sum(bytes) from (
            select container, 1 as objects, size as bytes from changed
            union all
            select container, -1, -size from replaced) as both_sides
        group by container having sum(objects) <> 0 or sum(bytes) <> 0;
    insert into object.garbage (policy, locator)
        select replaced.policy, replaced.locator from replaced
        where replaced.locator is not null
            and not exists (select 1 from changed where changed.locator = replaced.locator);
    return null;
end $$;

create trigger objects_inserted after insert on objects
    referencing new table as changed for each statement execute function count_inserted();
create trigger objects_deleted after delete on objects
    referencing old table as changed for each statement execute function count_deleted();
create trigger objects_updated after update on objects
    referencing new table as changed old table as replaced for each statement execute function count_updated();
