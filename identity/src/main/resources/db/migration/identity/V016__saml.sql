-- Keys of SAML are staged, sign, and are kept until nothing is good any more that they signed; as those of tokens.
alter table saml_key add column promoted_at timestamptz, add column retired_at timestamptz;
update saml_key set promoted_at = created_at;
update saml_key k set retired_at = now() where exists (select 1 from saml_key n where (n.created_at, n.id) > (k.created_at, k.id));
create unique index saml_key_signing on saml_key ((true)) where promoted_at is not null and retired_at is null;

-- Which providers have a protocol, where a dashboard names the protocol alone.
create index federation_protocol_by_id on federation_protocol (id, provider_id);

-- Users whose tokens never ended: a time that the program can read, in rows that were written by hand, too.
alter table user_account disable trigger user;
update user_account set tokens_valid_after = 'epoch' where tokens_valid_after = '-infinity';
alter table user_account enable trigger user;
alter table user_account alter column tokens_valid_after set default 'epoch';
alter table user_account add constraint user_tokens_end_at_a_time check (isfinite(tokens_valid_after));
