-- What anybody can cause is kept up to a number, whatever its age.
create index audit_event_of_failures on audit_event (id) where outcome = 'failure';

-- Who fails to sign in again and again is held back by every replica. Of each user from an address, and of each
-- address, by a hash: when what has failed will have run off at the allowed pace. Worth nothing after minutes, so
-- neither logged nor kept over a crash of the database.
create unlogged table sign_in_failure (
    key     text primary key,
    run_off timestamptz not null
);
create index sign_in_failure_by_end on sign_in_failure (run_off);
