-- Blocks of which subnets are cut.
create table subnet_pool (
    id                uuid primary key,
    project_id        text not null,
    name              text not null,
    description       text not null default '',
    ip_version        integer not null check (ip_version in (4, 6)),
    -- none within another
    prefixes          text[] not null check (cardinality(prefixes) > 0),
    default_prefixlen integer not null,
    min_prefixlen     integer not null,
    max_prefixlen     integer not null,
    -- how much a project may cut of it: addresses for IPv4, blocks of /64 for IPv6
    default_quota     integer check (default_quota >= 0),
    shared            boolean not null default false,
    is_default        boolean not null default false,
    tags              text[] not null default '{}',
    revision          bigint not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now(),
    check (min_prefixlen <= default_prefixlen and default_prefixlen <= max_prefixlen)
);
create index subnet_pool_by_project on subnet_pool (project_id, id);
create index subnet_pool_by_name on subnet_pool (name);
create unique index subnet_pool_default on subnet_pool (ip_version) where is_default;
alter table subnet add constraint subnet_of_pool foreign key (subnetpool_id) references subnet_pool;
create index subnet_by_pool on subnet (subnetpool_id) where subnetpool_id is not null;

-- When a host last asked what metadata proxies it shall have.
create table metadata_agent (
    host    text primary key,
    seen_at timestamptz not null
);
