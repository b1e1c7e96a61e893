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

-- Browsers that were sent to an OpenID provider and have not come back yet; nothing here is enough to go on with.
create table web_sign_in (
    -- The hash of what the provider sends back with the browser.
    state       text primary key,
    -- The hash of the cookie that the browser has to bring.
    browser     text not null,
    provider_id text not null,
    protocol_id text not null,
    -- The dashboard that the token is posted to.
    origin      text not null,
    ends_at     timestamptz not null,
    constraint web_sign_in_protocol foreign key (provider_id, protocol_id) references federation_protocol on delete cascade
);
create index web_sign_in_by_end on web_sign_in (ends_at);
create index web_sign_in_by_protocol on web_sign_in (provider_id, protocol_id);
