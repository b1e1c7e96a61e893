-- How a domain differs from the others: Keystone's domain configuration, an option a row.
create table domain_config (
    domain_id    text not null references project on delete cascade,
    option_group text not null,
    option_name  text not null,
    -- What was given, as JSON; null where it is a secret.
    value        text,
    -- The same of a secret, encrypted as credentials are.
    secret       text,
    primary key (domain_id, option_group, option_name),
    constraint domain_config_one_value check ((value is null) <> (secret is null))
);

-- Who of a directory is which of ours. The ids are computed of the domain and the directory's own id, as Keystone does.
create table directory_user (
    user_id   text primary key references user_account on delete cascade,
    domain_id text not null references project on delete cascade,
    local_id  text not null
);
create index directory_user_by_domain on directory_user (domain_id, user_id);

create table directory_group (
    group_id  text primary key references user_group on delete cascade,
    domain_id text not null references project on delete cascade,
    local_id  text not null
);
create index directory_group_by_domain on directory_group (domain_id, group_id);

-- Whoever is hidden is not there for anybody: gone from the directory, or of the database in a domain that has a directory
-- now. What such a one was given stays, for the case that it comes back.
alter table user_account add column hidden boolean not null default false;
alter table user_account drop constraint user_name_in_domain;
create unique index user_name_in_domain on user_account (domain_id, name) where not hidden;
create index user_account_by_domain on user_account (domain_id, id);

alter table user_group add column hidden boolean not null default false;
alter table user_group drop constraint group_name_in_domain;
create unique index group_name_in_domain on user_group (domain_id, name) where not hidden;
create index user_group_by_domain on user_group (domain_id, id);
