-- Keystone's [security_compliance]: what is remembered of a user's password and of those who try it.
alter table user_account add column password_expires_at timestamptz;
-- Whether the user chose the password itself: only then does a minimum age keep it from choosing another.
alter table user_account add column password_self_service boolean not null default false;
alter table user_account add column failed_attempts integer not null default 0;
alter table user_account add column failed_at timestamptz;
alter table user_account add column last_active_on date;
create index user_account_by_password_expiry on user_account (password_expires_at, id)
    where password_expires_at is not null;
create index user_account_by_activity on user_account (last_active_on) where enabled;

-- Passwords that a user had before the present one, as far as they may not be used again.
create table past_password (
    id      bigint generated always as identity primary key,
    user_id text not null references user_account on delete cascade,
    hash    text not null
);
create index past_password_by_user on past_password (user_id, id);

-- The newest period of which a passcode of a TOTP credential was taken: no passcode is taken twice (RFC 6238, 5.2).
create table totp_use (
    credential_id text primary key references credential on delete cascade,
    period        bigint not null
);

-- A key is staged (verifies, so that every replica knows it before it signs), then primary (signs), then retired.
alter table fernet_key add column promoted_at timestamptz;
alter table fernet_key add column retired_at timestamptz;
update fernet_key set promoted_at = created_at;
create index fernet_key_by_promotion on fernet_key (promoted_at desc nulls last, id desc);
create index fernet_key_by_end on fernet_key (retired_at) where retired_at is not null;

-- Which key a blob is encrypted with; null: one of those before rotation was known.
alter table credential add column key_id bigint references credential_key;
create index credential_by_key on credential (key_id);

-- What Keystone calls revocation events: told in OS-REVOKE. Tokens are judged by what is, not by this list.
create table revocation_event (
    id             bigint generated always as identity primary key,
    audit_id       text,
    audit_chain_id text,
    user_id        text,
    project_id     text,
    domain_id      text,
    role_id        text,
    trust_id       text,
    issued_before  timestamptz not null,
    revoked_at     timestamptz not null
);
create index revocation_event_by_time on revocation_event (revoked_at, id);

-- Written where the change is, whoever makes it, so that no way of ending tokens goes untold.
create function tell_revocation() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'user_account' then
        insert into identity.revocation_event (user_id, issued_before, revoked_at)
            values (old.id,
                    case tg_op when 'UPDATE' then new.tokens_valid_after else now() end,
                    case tg_op when 'UPDATE' then new.tokens_valid_after else now() end);
    elsif tg_table_name = 'project' then
        insert into identity.revocation_event (project_id, domain_id, issued_before, revoked_at)
            values (case when not old.is_domain then old.id end, case when old.is_domain then old.id end, now(), now());
    elsif tg_table_name = 'role' then
        insert into identity.revocation_event (role_id, issued_before, revoked_at) values (old.id, now(), now());
    elsif tg_table_name = 'trust' then
        insert into identity.revocation_event (trust_id, issued_before, revoked_at) values (old.id, now(), now());
    end if;
    return null;
end
$$;
create trigger tell_revocation after update on user_account for each row
    when (new.tokens_valid_after > old.tokens_valid_after) execute function tell_revocation();
create trigger tell_revocation_of_gone after delete on user_account for each row execute function tell_revocation();
create trigger tell_revocation after update on project for each row
    when (old.enabled and not new.enabled) execute function tell_revocation();
create trigger tell_revocation_of_gone after delete on project for each row execute function tell_revocation();
create trigger tell_revocation_of_gone after delete on role for each row execute function tell_revocation();
create trigger tell_revocation_of_gone after delete on trust for each row execute function tell_revocation();

-- CADF (DSP0262): who did what to what, from where, with what outcome. The columns are what operators search by.
create table audit_event (
    id           bigint generated always as identity primary key,
    at           timestamptz not null,
    action       text not null,
    outcome      text not null,
    initiator_id text not null,
    target_id    text not null,
    cadf         jsonb not null
);
create index audit_event_by_time on audit_event (at, id);
create index audit_event_by_initiator on audit_event (initiator_id, id);
create index audit_event_by_target on audit_event (target_id, id);
