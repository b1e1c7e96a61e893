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

create or replace view effective_assignment as
with recursive below (root_id, project_id) as (
    select distinct a.target_id, p.id from assignment a join project p on p.parent_id = a.target_id where a.inherited
    union
    select b.root_id, p.id from below b join project p on p.parent_id = b.project_id
), implied (prior_id, role_id) as (
    select id, id from role
    union
    select i.prior_id, n.implied_id from implied i join implied_role n on n.prior_id = i.role_id
), held as not materialized (
    select a.user_id, null::text as group_id, a.target_kind, a.target_id, a.role_id, a.inherited
      from assignment a where a.user_id is not null
    union all
    select m.user_id, a.group_id, a.target_kind, a.target_id, a.role_id, a.inherited
      from assignment a join group_member m on m.group_id = a.group_id
     where m.expires_at is null or m.expires_at > now()
), placed as (
    select user_id, group_id, target_kind, target_id, role_id, null::text as from_kind, null::text as from_id
      from held where not inherited
    union all
    select h.user_id, h.group_id, 'project', b.project_id, h.role_id, h.target_kind, h.target_id
      from held h join below b on b.root_id = h.target_id where h.inherited
)
select p.user_id, p.group_id, p.target_kind, p.target_id, r.id as role_id, p.from_kind, p.from_id,
       case when r.id <> p.role_id then p.role_id end as prior_id
  from placed p join implied i on i.prior_id = p.role_id join role r on r.id = i.role_id
 where r.domain_id is null;
