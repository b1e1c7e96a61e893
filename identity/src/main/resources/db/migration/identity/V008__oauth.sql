-- OAuth 1 (Keystone's OS-OAUTH1). Secrets are encrypted as credentials are: signatures need them in clear.
create table oauth_consumer (
    id          text primary key,
    description text,
    secret      text not null,
    extra       jsonb not null default '{}',
    created_at  timestamptz not null default now()
);

-- What a consumer asks a user for, until it is granted and exchanged (access = false), and what it got (access = true).
create table oauth_token (
    id          text primary key,
    access      boolean not null,
    consumer_id text not null references oauth_consumer on delete cascade,
    secret      text not null,
    project_id  text not null references project on delete cascade,
    user_id     text references user_account on delete cascade,
    role_ids    text[] not null default '{}',
    verifier    text,
    expires_at  timestamptz,
    constraint oauth_access_is_of_a_user check (not access or user_id is not null)
);
create index oauth_token_by_consumer on oauth_token (consumer_id);
create index oauth_token_by_project on oauth_token (project_id);
create index oauth_token_by_user on oauth_token (user_id, id);

-- Signatures seen, as long as their timestamps would be taken again.
create table oauth_nonce (
    consumer_id text not null references oauth_consumer on delete cascade,
    token_id    text not null,
    stamp       timestamptz not null,
    nonce       text not null,
    primary key (consumer_id, token_id, stamp, nonce)
);
create index oauth_nonce_by_age on oauth_nonce (stamp);

-- Welkin as OpenID Connect provider. Of everything that a client or browser holds, only SHA-256 is here.
create table oidc_client (
    id                 text primary key,
    name               text not null,
    -- null: a public client, which can keep no secret.
    secret_hash        text,
    secret_method      text not null,
    redirect_uris      text[] not null default '{}',
    logout_uris        text[] not null default '{}',
    grant_types        text[] not null,
    scopes             text[] not null,
    id_token_algorithm text not null,
    created_at         timestamptz not null default now()
);

create table oidc_consent (
    user_id   text not null references user_account on delete cascade,
    client_id text not null references oidc_client on delete cascade,
    scopes    text[] not null,
    primary key (user_id, client_id)
);
create index oidc_consent_by_client on oidc_consent (client_id);

-- A browser that somebody has signed in with.
create table oidc_session (
    hash       text primary key,
    user_id    text not null references user_account on delete cascade,
    methods    text[] not null,
    began_at   timestamptz not null,
    expires_at timestamptz not null
);
create index oidc_session_by_user on oidc_session (user_id);
create index oidc_session_by_expiry on oidc_session (expires_at);

-- What a user has granted a client once; codes and tokens are of it and go with it.
create table oidc_grant (
    id         text primary key,
    client_id  text not null references oidc_client on delete cascade,
    user_id    text not null references user_account on delete cascade,
    scopes     text[] not null,
    methods    text[] not null,
    nonce      text,
    began_at   timestamptz not null,
    expires_at timestamptz not null
);
create index oidc_grant_by_client on oidc_grant (client_id);
create index oidc_grant_by_user on oidc_grant (user_id);
create index oidc_grant_by_expiry on oidc_grant (expires_at);

create table oidc_code (
    hash         text primary key,
    grant_id     text not null references oidc_grant on delete cascade,
    redirect_uri text not null,
    challenge    text,
    expires_at   timestamptz not null,
    used         boolean not null default false
);
create index oidc_code_by_grant on oidc_code (grant_id);

create table oidc_token (
    hash       text primary key,
    grant_id   text not null references oidc_grant on delete cascade,
    refresh    boolean not null,
    scopes     text[] not null,
    issued_at  timestamptz not null,
    expires_at timestamptz not null,
    used       boolean not null default false
);
create index oidc_token_by_grant on oidc_token (grant_id);
create index oidc_token_by_expiry on oidc_token (expires_at);

-- Devices that wait for somebody to grant them something in a browser (RFC 8628).
create table oidc_device (
    hash       text primary key,
    user_code  text not null constraint oidc_device_user_code unique,
    client_id  text not null references oidc_client on delete cascade,
    scopes     text[] not null,
    expires_at timestamptz not null,
    interval_s integer not null,
    polled_at  timestamptz,
    denied     boolean not null default false,
    grant_id   text references oidc_grant on delete cascade
);
create index oidc_device_by_client on oidc_device (client_id);
create index oidc_device_by_grant on oidc_device (grant_id);
create index oidc_device_by_expiry on oidc_device (expires_at);

-- What ID tokens are signed with: published from when it is made, signs from active_at, is published until ends_at.
create table oidc_key (
    id        text primary key,
    algorithm text not null,
    jwk       text not null,
    active_at timestamptz not null,
    ends_at   timestamptz
);
