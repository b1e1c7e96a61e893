-- Unified limits: what a project may have of a service's resource, by default and of its own.
create table registered_limit (
    id            text primary key,
    -- service_id and region_id may name one of the program's own, which have no row.
    service_id    text not null,
    region_id     text,
    resource_name text not null,
    default_limit bigint not null check (default_limit >= -1),
    description   text,
    constraint registered_limit_once unique nulls not distinct (service_id, resource_name, region_id)
);

create table project_limit (
    id                  text primary key,
    registered_limit_id text not null references registered_limit,
    -- A project or a domain.
    project_id          text not null references project on delete cascade,
    resource_limit      bigint not null check (resource_limit >= -1),
    description         text,
    constraint project_limit_once unique (project_id, registered_limit_id)
);
create index project_limit_by_registered on project_limit (registered_limit_id);
