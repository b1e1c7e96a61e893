-- Domains are projects that are their own domain, as Keystone keeps them.
create table project (
    id          text primary key,
    domain_id   text not null,
    parent_id   text references project,
    name        text not null check (name <> ''),
    description text not null default '',
    enabled     boolean not null default true,
    is_domain   boolean not null default false,
    extra       jsonb not null default '{}',
    created_at  timestamptz not null default now(),
    constraint project_name_in_domain unique (domain_id, name)
);
create unique index project_domain_name on project (name) where is_domain;
create index project_by_parent on project (parent_id);

create table user_account (
    id                  text primary key,
    domain_id           text not null references project,
    name                text not null check (name <> ''),
    enabled             boolean not null default true,
    description         text,
    email               text,
    default_project_id  text,
    -- null: the user has no password and cannot log in with one.
    password_hash       text,
    password_changed_at timestamptz,
    -- Tokens issued before this are no longer good: the password was changed, the user was disabled.
    tokens_valid_after  timestamptz not null default '-infinity',
    extra               jsonb not null default '{}',
    created_at          timestamptz not null default now(),
    constraint user_name_in_domain unique (domain_id, name)
);

create table role (
    id          text primary key,
    domain_id   text references project on delete cascade,
    name        text not null check (name <> ''),
    description text,
    created_at  timestamptz not null default now()
);
create unique index role_name on role (coalesce(domain_id, ''), name);

create table implied_role (
    prior_id   text not null references role on delete cascade,
    implied_id text not null references role on delete cascade,
    primary key (prior_id, implied_id)
);

-- target_id is a project's id, a domain's id, or 'system'.
create table assignment (
    user_id     text not null references user_account on delete cascade,
    target_kind text not null check (target_kind in ('project', 'domain', 'system')),
    target_id   text not null,
    role_id     text not null references role on delete cascade,
    created_at  timestamptz not null default now(),
    primary key (user_id, target_kind, target_id, role_id)
);
create index assignment_by_target on assignment (target_kind, target_id);
create index assignment_by_role on assignment (role_id);

create table application_credential (
    id           text primary key,
    user_id      text not null references user_account on delete cascade,
    project_id   text not null references project on delete cascade,
    name         text not null,
    description  text,
    secret_hash  text not null,
    unrestricted boolean not null default false,
    expires_at   timestamptz,
    created_at   timestamptz not null default now(),
    constraint application_credential_name unique (user_id, name)
);

create table application_credential_role (
    credential_id text not null references application_credential on delete cascade,
    role_id       text not null references role on delete cascade,
    primary key (credential_id, role_id)
);

create table fernet_key (
    id         bigint generated always as identity primary key,
    secret     text not null,
    created_at timestamptz not null default now()
);

create table revoked_token (
    audit_id   text primary key,
    expires_at timestamptz not null
);
create index revoked_token_by_expiry on revoked_token (expires_at);
