-- Other clouds whose users may come from here (Keystone's OS-FEDERATION service providers).
create table service_provider (
    id                 text primary key,
    -- Where there an unscoped token is had; the cloud's other addresses begin as this one does.
    auth_url           text not null,
    -- Where an assertion is shown.
    sp_url             text not null,
    description        text,
    enabled            boolean not null,
    relay_state_prefix text not null
);

-- The key that assertions are signed with, as credentials are encrypted; the certificate tells its other half.
create table saml_key (
    id          text primary key,
    certificate text not null,
    private_key text not null,
    created_at  timestamptz not null
);
