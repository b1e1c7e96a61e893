create table user_group (
    id          text primary key,
    domain_id   text not null references project,
    name        text not null check (name <> ''),
    description text not null default '',
    extra       jsonb not null default '{}',
    created_at  timestamptz not null default now(),
    constraint group_name_in_domain unique (domain_id, name)
);

create table group_member (
    group_id text not null references user_group on delete cascade,
    user_id  text not null references user_account on delete cascade,
    primary key (group_id, user_id)
);
create index group_member_by_user on group_member (user_id);

-- Roles are held by users or by groups, on the thing itself or (inherited) on all projects below it.
alter table assignment drop constraint assignment_pkey;
alter table assignment alter column user_id drop not null;
alter table assignment add column group_id text references user_group on delete cascade;
alter table assignment add column inherited boolean not null default false;
alter table assignment add constraint assignment_actor check (num_nonnulls(user_id, group_id) = 1);
create unique index assignment_of_user on assignment (user_id, target_kind, target_id, role_id, inherited)
    where user_id is not null;
create unique index assignment_of_group on assignment (group_id, target_kind, target_id, role_id, inherited)
    where group_id is not null;

create index assignment_inherited on assignment (target_id) where inherited;

-- What everybody may do in the end: groups as their members, inherited roles on the projects below, and with each role
-- what it implies. For lists; a token's roles are asked for one user and one target (RoleStore.effective).
create view effective_assignment as
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

alter table project add column tags text[] not null default '{}';
alter table project add column options jsonb not null default '{}';
create index project_by_tag on project using gin (tags);
alter table user_account add column options jsonb not null default '{}';
alter table role add column options jsonb not null default '{}';

-- Secrets of users for other ways of signing: EC2, TOTP … The blob is encrypted with the newest key.
create table credential_key (
    id         bigint generated always as identity primary key,
    secret     text not null,
    created_at timestamptz not null default now()
);

create table credential (
    id         text primary key,
    user_id    text not null references user_account on delete cascade,
    project_id text references project on delete cascade,
    type       text not null,
    blob       text not null,
    created_at timestamptz not null default now()
);
create index credential_by_user on credential (user_id, type);
create index credential_by_project on credential (project_id);

-- What operators add to the catalogue beside the program's own services.
create table region (
    id          text primary key,
    description text not null default '',
    -- The program's own region has no row, so this is no foreign key.
    parent_id   text,
    extra       jsonb not null default '{}'
);
create index region_by_parent on region (parent_id);

create table service (
    id      text primary key,
    type    text not null,
    name    text,
    description text,
    enabled boolean not null default true,
    extra   jsonb not null default '{}'
);

-- service_id and region_id may name one of the program's own, which have no row.
create table endpoint (
    id         text primary key,
    service_id text not null,
    region_id  text,
    side       text not null,
    url        text not null,
    name       text,
    description text,
    enabled    boolean not null default true,
    extra      jsonb not null default '{}'
);
create index endpoint_by_service on endpoint (service_id);
create index endpoint_by_region on endpoint (region_id);

create table trust (
    id                   text primary key,
    trustor_id           text not null references user_account on delete cascade,
    trustee_id           text not null references user_account on delete cascade,
    project_id           text references project on delete cascade,
    impersonation        boolean not null,
    expires_at           timestamptz,
    remaining_uses       integer,
    redelegation_count   integer not null default 0,
    redelegated_trust_id text references trust on delete cascade,
    created_at           timestamptz not null default now()
);
create index trust_by_trustor on trust (trustor_id);
create index trust_by_trustee on trust (trustee_id);
create index trust_by_project on trust (project_id);
create index trust_by_redelegated on trust (redelegated_trust_id);

create table trust_role (
    trust_id text not null references trust on delete cascade,
    role_id  text not null references role on delete cascade,
    primary key (trust_id, role_id)
);
create index trust_role_by_role on trust_role (role_id);

-- What an application credential may do, where it may not do everything.
create table access_rule (
    id      text primary key,
    user_id text not null references user_account on delete cascade,
    service text not null,
    method  text not null,
    path    text not null,
    constraint access_rule_once unique (user_id, service, method, path)
);

create table application_credential_rule (
    credential_id text not null references application_credential on delete cascade,
    rule_id       text not null references access_rule,
    primary key (credential_id, rule_id)
);
create index application_credential_rule_by_rule on application_credential_rule (rule_id);
-- An empty list of rules forbids everything; no list forbids nothing.
alter table application_credential add column ruled boolean not null default false;
