-- Groups of hosts that the operator makes (os-aggregates); one with a zone puts its hosts into that availability zone.
create table aggregate (
    number     integer generated always as identity primary key,
    id         uuid not null unique,
    name       text not null constraint aggregate_name unique,
    zone       text,
    metadata   jsonb not null default '{}',
    hosts      text[] not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz
);
