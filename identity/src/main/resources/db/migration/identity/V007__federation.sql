-- Keystone's OS-FEDERATION. What a provider's users may do is decided by mappings; how what it says is verified, by
-- verification.
create table identity_provider (
    id                text primary key,
    domain_id         text not null references project,
    description       text,
    enabled           boolean not null default true,
    -- Minutes for which memberships in groups last after a sign-in; null: as long as a token.
    authorization_ttl integer check (authorization_ttl >= 0)
);
create index identity_provider_by_domain on identity_provider (domain_id);

create table identity_provider_remote (
    remote_id   text primary key,
    provider_id text not null references identity_provider on delete cascade
);
create index identity_provider_remote_by_provider on identity_provider_remote (provider_id);

create table federation_mapping (
    id             text primary key,
    schema_version text not null,
    rules          jsonb not null
);

create table federation_protocol (
    provider_id         text not null references identity_provider on delete cascade,
    id                  text not null,
    mapping_id          text not null references federation_mapping,
    remote_id_attribute text,
    -- OpenID Connect or SAML, encrypted as credentials are: it may hold a client's secret.
    verification        text,
    primary key (provider_id, id)
);
create index federation_protocol_by_mapping on federation_protocol (mapping_id);

create table service_provider (
    id                 text primary key,
    auth_url           text not null,
    sp_url             text not null,
    description        text,
    enabled            boolean not null default true,
    relay_state_prefix text not null default 'ss:mem:'
);

-- Who of a provider's users is which of ours.
create table federated_user (
    provider_id text not null references identity_provider on delete cascade,
    protocol_id text not null,
    unique_id   text not null,
    user_id     text not null references user_account on delete cascade,
    primary key (provider_id, protocol_id, unique_id)
);
create index federated_user_by_user on federated_user (user_id);

-- Memberships that a provider vouches for end of themselves; the others have no end.
alter table group_member add column expires_at timestamptz;
alter table group_member add column provider_id text references identity_provider on delete cascade;
create index group_member_by_provider on group_member (provider_id) where provider_id is not null;

-- Assertions are taken once.
create table saml_seen (
    id      text primary key,
    ends_at timestamptz not null
);
create index saml_seen_by_end on saml_seen (ends_at);
