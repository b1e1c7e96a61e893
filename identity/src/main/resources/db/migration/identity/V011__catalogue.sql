-- Policies that services keep here for themselves, and what they are for. The cloud itself does not read them.
create table policy (
    id    text primary key,
    type  text not null,
    blob  text not null,
    extra jsonb not null default '{}'
);
create index policy_by_type on policy (type, id);

-- An endpoint, or a service, or a service in a region has one policy at most.
-- The ids may name one of the program's own, which have no row.
create table policy_association (
    policy_id   text not null references policy on delete cascade,
    endpoint_id text,
    service_id  text,
    region_id   text,
    constraint policy_association_once unique nulls not distinct (endpoint_id, service_id, region_id),
    constraint policy_association_of_one_thing
        check (num_nonnulls(endpoint_id, service_id) = 1 and (region_id is null or service_id is not null))
);
create index policy_association_by_policy on policy_association (policy_id);
create index policy_association_by_service on policy_association (service_id);
create index policy_association_by_region on policy_association (region_id);

-- What projects see of the catalogue, where not all of it.
create table project_endpoint (
    project_id  text not null references project on delete cascade,
    endpoint_id text not null,
    constraint project_endpoint_once primary key (project_id, endpoint_id)
);
create index project_endpoint_by_endpoint on project_endpoint (endpoint_id, project_id);

create table endpoint_group (
    id          text primary key,
    name        text not null,
    description text,
    filters     jsonb not null
);
create index endpoint_group_by_name on endpoint_group (name, id);

create table project_endpoint_group (
    project_id        text not null references project on delete cascade,
    endpoint_group_id text not null references endpoint_group on delete cascade,
    constraint project_endpoint_group_once primary key (project_id, endpoint_group_id)
);
create index project_endpoint_group_by_group on project_endpoint_group (endpoint_group_id, project_id);
