-- Hosts that an operator names together; what availability_zone an aggregate's metadata names is its hosts' zone.
create table aggregate (
    number     integer generated always as identity primary key,
    id         uuid not null unique,
    name       text not null constraint aggregate_name unique,
    metadata   jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz
);

create table aggregate_host (
    aggregate integer not null references aggregate,
    host      text not null references host on delete cascade,
    constraint aggregate_host_once primary key (aggregate, host)
);
create index aggregate_host_by_host on aggregate_host (host);
