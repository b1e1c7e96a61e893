create table network (
    id                    uuid primary key,
    project_id            text not null,
    name                  text not null,
    description           text not null default '',
    admin_state_up        boolean not null default true,
    shared                boolean not null default false,
    external              boolean not null default false,
    is_default            boolean not null default false,
    mtu                   integer not null check (mtu between 68 and 65535),
    port_security_enabled boolean not null default true,
    dns_domain            text not null default '',
    network_type          text not null check (network_type in ('geneve', 'flat', 'vlan')),
    physical_network      text,
    segmentation_id       integer,
    availability_zone_hints text[] not null default '{}',
    tags                  text[] not null default '{}',
    revision              bigint not null default 1,
    created_at            timestamptz not null default now(),
    updated_at            timestamptz not null default now(),
    check ((network_type = 'geneve') = (physical_network is null))
);
create index network_by_project on network (project_id, id);
create index network_by_name on network (name);
create index network_open_to_all on network (id) where shared or external;
create unique index network_segment on network (network_type, coalesce(physical_network, ''), coalesce(segmentation_id, 0));
create unique index network_default on network (is_default) where is_default;
create sequence geneve_segment minvalue 1 maxvalue 16777215 cycle;

create table subnet (
    id                uuid primary key,
    project_id        text not null,
    network_id        uuid not null references network,
    name              text not null,
    description       text not null default '',
    ip_version        integer not null check (ip_version in (4, 6)),
    cidr              text not null,
    gateway_ip        text,
    enable_dhcp       boolean not null default true,
    -- [{"start": …, "end": …}]
    allocation_pools  jsonb not null default '[]',
    dns_nameservers   text[] not null default '{}',
    -- [{"destination": …, "nexthop": …}]
    host_routes       jsonb not null default '[]',
    ipv6_ra_mode      text check (ipv6_ra_mode in ('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless')),
    ipv6_address_mode text check (ipv6_address_mode in ('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless')),
    service_types     text[] not null default '{}',
    subnetpool_id     uuid,
    tags              text[] not null default '{}',
    revision          bigint not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now()
);
create index subnet_by_network on subnet (network_id);
create index subnet_by_project on subnet (project_id, id);
create index subnet_by_name on subnet (name);

create table security_group (
    id          uuid primary key,
    project_id  text not null,
    name        text not null,
    description text not null default '',
    stateful    boolean not null default true,
    is_default  boolean not null default false,
    tags        text[] not null default '{}',
    revision    bigint not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);
create unique index security_group_default on security_group (project_id) where is_default;
create index security_group_by_project on security_group (project_id, id);
create index security_group_by_name on security_group (name);

create table security_group_rule (
    id                uuid primary key,
    project_id        text not null,
    security_group_id uuid not null references security_group on delete cascade,
    direction         text not null check (direction in ('ingress', 'egress')),
    ethertype         text not null check (ethertype in ('IPv4', 'IPv6')),
    -- as the client wrote it: a name or a number
    protocol          text,
    port_range_min    integer,
    port_range_max    integer,
    remote_group_id   uuid references security_group on delete cascade,
    remote_ip_prefix  text,
    description       text not null default '',
    revision          bigint not null default 1,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now()
);
create unique index security_group_rule_once on security_group_rule (
    security_group_id, direction, ethertype, coalesce(protocol, ''), coalesce(port_range_min, -1), coalesce(port_range_max, -1),
    coalesce(remote_group_id, '00000000-0000-0000-0000-000000000000'), coalesce(remote_ip_prefix, ''));
create index security_group_rule_by_project on security_group_rule (project_id, id);
create index security_group_rule_by_remote on security_group_rule (remote_group_id) where remote_group_id is not null;

-- A floating IP's own port and a router's gateway port belong to no project: project_id is ''.
create table port (
    id                    uuid primary key,
    project_id            text not null,
    network_id            uuid not null references network,
    name                  text not null,
    description           text not null default '',
    mac_address           text not null,
    admin_state_up        boolean not null default true,
    status                text not null check (status in ('ACTIVE', 'DOWN', 'N/A')),
    device_id             text not null default '',
    device_owner          text not null default '',
    port_security_enabled boolean not null default true,
    -- [{"ip_address": …, "mac_address": …}]
    allowed_address_pairs jsonb not null default '[]',
    -- [{"opt_name": …, "opt_value": …, "ip_version": …}]
    extra_dhcp_opts       jsonb not null default '[]',
    dns_name              text not null default '',
    binding_host          text not null default '',
    binding_vnic_type     text not null default 'normal',
    binding_profile       jsonb not null default '{}',
    -- made by compute for a server, and deleted with it
    made_for_server       boolean not null default false,
    tags                  text[] not null default '{}',
    revision              bigint not null default 1,
    created_at            timestamptz not null default now(),
    updated_at            timestamptz not null default now(),
    constraint port_mac_in_network unique (network_id, mac_address)
);
create index port_by_project on port (project_id, id);
create index port_by_device on port (device_id) where device_id <> '';
create index port_by_owner on port (device_owner, network_id) where device_owner <> '';
create index port_by_name on port (name) where name <> '';
create index port_by_host on port (binding_host) where binding_host <> '';
create unique index port_metadata_of_network on port (network_id) where device_owner = 'network:distributed';

-- Every address in use. The primary key is what keeps two ports from having the same one.
create table address (
    subnet_id  uuid not null references subnet,
    ip         text not null,
    port_id    uuid not null references port on delete cascade,
    network_id uuid not null,
    position   integer not null default 0,
    primary key (subnet_id, ip)
);
create index address_by_port on address (port_id);
create index address_by_ip on address (ip);

create table port_security_group (
    port_id           uuid not null references port on delete cascade,
    security_group_id uuid not null references security_group,
    position          integer not null default 0,
    primary key (port_id, security_group_id)
);
create index port_security_group_by_group on port_security_group (security_group_id);

create table router (
    id                 uuid primary key,
    project_id         text not null,
    name               text not null,
    description        text not null default '',
    admin_state_up     boolean not null default true,
    gateway_network_id uuid references network,
    gateway_port_id    uuid references port,
    enable_snat        boolean not null default true,
    -- [{"destination": …, "nexthop": …}]
    routes             jsonb not null default '[]',
    availability_zone_hints text[] not null default '{}',
    tags               text[] not null default '{}',
    revision           bigint not null default 1,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    check ((gateway_network_id is null) = (gateway_port_id is null))
);
create index router_by_project on router (project_id, id);
create index router_by_name on router (name);
create index router_by_gateway on router (gateway_network_id) where gateway_network_id is not null;
create index router_by_gateway_port on router (gateway_port_id) where gateway_port_id is not null;

create table floating_ip (
    id                  uuid primary key,
    project_id          text not null,
    description         text not null default '',
    floating_network_id uuid not null references network,
    floating_ip_address text not null,
    -- the port that holds the address in the external network
    floating_port_id    uuid not null references port,
    port_id             uuid references port,
    fixed_ip_address    text,
    router_id           uuid references router,
    status              text not null check (status in ('ACTIVE', 'DOWN', 'ERROR')),
    dns_name            text not null default '',
    dns_domain          text not null default '',
    tags                text[] not null default '{}',
    revision            bigint not null default 1,
    created_at          timestamptz not null default now(),
    updated_at          timestamptz not null default now(),
    check ((port_id is null) = (fixed_ip_address is null)),
    check (port_id is not null or router_id is null)
);
create index floating_ip_by_project on floating_ip (project_id, id);
create index floating_ip_by_address on floating_ip (floating_ip_address);
create index floating_ip_by_network on floating_ip (floating_network_id);
create unique index floating_ip_by_own_port on floating_ip (floating_port_id);
create index floating_ip_by_router on floating_ip (router_id) where router_id is not null;
-- One floating IP of an external network leads to one fixed address.
create unique index floating_ip_of_fixed on floating_ip (port_id, fixed_ip_address, floating_network_id) where port_id is not null;
