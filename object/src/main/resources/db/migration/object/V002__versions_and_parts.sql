-- How many bodies of the table parts follow each other in this object; its own body is its locator's where there are none.
alter table objects add column parts int not null default 0;
-- Whether this state was made while the bucket kept versions: then its id is its version's, else S3 calls it null.
alter table objects add column versioned boolean not null default false;

-- States that are not current any more, and marks of deletes: what S3 calls noncurrent versions.
create table versions (
    container bigint not null references containers,
    name text collate "C" not null,
    id uuid not null,
    created_at timestamptz not null,
    size bigint not null,
    length bigint not null,
    etag text not null,
    content_type text not null,
    headers jsonb not null default '{}',
    locator text,
    policy text not null,
    parts int not null default 0,
    versioned boolean not null,
    delete_marker boolean not null,
    primary key (container, name, id)
);
create index versions_in_order on versions (container, name, created_at desc);

-- Objects that come in parts. What is completed becomes an object of the same id.
create table uploads (
    id uuid primary key,
    container bigint not null references containers,
    name text collate "C" not null check (octet_length(name) between 1 and 1024),
    created_at timestamptz not null,
    content_type text not null,
    headers jsonb not null default '{}',
    policy text not null,
    initiator text not null
);
create index uploads_by_name on uploads (container, name, created_at);

-- Bodies of uploads, and of the objects that uploads became.
create table parts (
    object uuid not null,
    number int not null check (number between 1 and 10000),
    policy text not null,
    locator text,
    length bigint not null check (length >= 0),
    etag text not null,
    created_at timestamptz not null,
    primary key (object, number)
);

-- Buckets that others than their owners find, by names that are there once in the whole cloud.
create table buckets (
    name text collate "C" primary key,
    container bigint not null unique references containers on delete cascade
);

create or replace function count_deleted() returns trigger language plpgsql as $$
begin
    insert into object.usage_changes (container, objects, bytes)
        select container, -count(*), -sum(size) from changed group by container;
    with gone as (
        select id, policy, locator, parts from changed
        where not exists (
            select 1 from object.versions
            where versions.container = changed.container and versions.name = changed.name and versions.id = changed.id)),
    unpacked as (
        delete from object.parts where object in (select id from gone where parts > 0))
    insert into object.garbage (policy, locator) select policy, locator from gone where locator is not null;
    return null;
end $$;

create or replace function count_updated() returns trigger language plpgsql as $$
begin
    insert into object.usage_changes (container, objects, bytes)
        select container, sum(objects), sum(bytes) from (
            select container, 1 as objects, size as bytes from changed
            union all
            select container, -1, -size from replaced) as both_sides
        group by container having sum(objects) <> 0 or sum(bytes) <> 0;
    with gone as (
        select id, policy, locator, parts from replaced
        where not exists (select 1 from changed where changed.id = replaced.id)
            and not exists (
                select 1 from object.versions
                where versions.container = replaced.container and versions.name = replaced.name
                    and versions.id = replaced.id)),
    unpacked as (
        delete from object.parts where object in (select id from gone where parts > 0))
    insert into object.garbage (policy, locator) select policy, locator from gone where locator is not null;
    return null;
end $$;

-- A version that is deleted, unless it became the current state again.
create function version_deleted() returns trigger language plpgsql as $$
begin
    with gone as (
        select id, policy, locator, parts from changed
        where not exists (
            select 1 from object.objects
            where objects.container = changed.container and objects.name = changed.name and objects.id = changed.id)),
    unpacked as (
        delete from object.parts where object in (select id from gone where parts > 0))
    insert into object.garbage (policy, locator) select policy, locator from gone where locator is not null;
    return null;
end $$;
create trigger versions_deleted after delete on versions
    referencing old table as changed for each statement execute function version_deleted();

create function part_deleted() returns trigger language plpgsql as $$
begin
    insert into object.garbage (policy, locator) select policy, locator from changed where locator is not null;
    return null;
end $$;
create trigger parts_deleted after delete on parts
    referencing old table as changed for each statement execute function part_deleted();

-- A part that is sent again takes the place of the one before.
create function part_replaced() returns trigger language plpgsql as $$
begin
    insert into object.garbage (policy, locator)
        select replaced.policy, replaced.locator from replaced
        where replaced.locator is not null
            and not exists (select 1 from changed where changed.locator = replaced.locator);
    return null;
end $$;
create trigger parts_replaced after update on parts
    referencing old table as replaced new table as changed for each statement execute function part_replaced();
