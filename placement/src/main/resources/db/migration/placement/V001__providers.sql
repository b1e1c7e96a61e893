create table provider (
    id         uuid primary key,
    name       text not null unique,
    generation bigint not null default 0,
    created_at timestamptz not null default now()
);

-- used is the sum of the allocations, changed together with them: a claim is one conditional update.
create table inventory (
    provider_id    uuid not null references provider on delete cascade,
    resource_class text not null,
    total          bigint not null check (total >= 0),
    reserved       bigint not null default 0 check (reserved >= 0),
    ratio          double precision not null default 1 check (ratio > 0),
    used           bigint not null default 0 check (used >= 0),
    primary key (provider_id, resource_class)
);

create table consumer (
    id         uuid primary key,
    project_id text not null,
    user_id    text not null,
    generation bigint not null default 1,
    created_at timestamptz not null default now()
);
create index consumer_by_project on consumer (project_id, user_id);

create table allocation (
    consumer_id    uuid not null references consumer on delete cascade,
    provider_id    uuid not null references provider,
    resource_class text not null,
    used           bigint not null check (used > 0),
    primary key (consumer_id, provider_id, resource_class)
);
create index allocation_by_provider on allocation (provider_id);
