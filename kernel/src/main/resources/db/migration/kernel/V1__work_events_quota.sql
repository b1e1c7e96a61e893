-- What every service stands on: background work (sagas, reconcilers), the outbox of events, quotas.

-- db-scheduler's own table. Times are set a little in the past for "now", so that a clock that differs between
-- the program and PostgreSQL never delays anything.
create table kernel.scheduled_task (
    task_name            text        not null,
    task_instance        text        not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean     not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint      not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_task_due on kernel.scheduled_task (execution_time);
create index scheduled_task_heartbeat on kernel.scheduled_task (last_heartbeat);

create table kernel.saga (
    id              uuid        primary key,
    name            text        not null,
    subject         text        not null,
    -- running: steps forward; unwinding: undos backward; the other two are final
    state           text        not null check (state in ('running', 'unwinding', 'succeeded', 'failed')),
    -- index of the step (or undo) that is next; -1 when every undo is done; the number of steps when every step is
    position        integer     not null default 0,
    step            text        not null,
    attempt         integer     not null default 1,
    step_started_at timestamptz not null default now(),
    input           jsonb       not null,
    notebook        jsonb       not null default '{}',
    failure         jsonb,
    -- reason of a cancellation that was asked for; honoured when the current step's result is recorded
    cancelled       text,
    -- counted up by whoever knows something that a waiting step wants to know
    signals         bigint      not null default 0,
    -- counted up by each recorded result: a runner that was thought dead cannot record
    revision        bigint      not null default 0,
    -- set while active by sagas of which only one may be active for a subject
    exclusive_key   text        unique,
    created_at      timestamptz not null default now(),
    changed_at      timestamptz not null default now(),
    ended_at        timestamptz
);
create index saga_active_subject on kernel.saga (subject) where ended_at is null;
create index saga_subject on kernel.saga (subject, created_at);
create index saga_active on kernel.saga (state, step_started_at) where ended_at is null;
create index saga_ended on kernel.saga (ended_at) where ended_at is not null;

-- What happened, one row for each step and direction: enough for an operator, bounded however often an undo is retried.
create table kernel.saga_step (
    saga_id    uuid        not null references kernel.saga on delete cascade,
    position   integer     not null,
    direction  text        not null check (direction in ('do', 'undo')),
    step       text        not null,
    attempts   integer     not null,
    outcome    text        not null check (outcome in ('done', 'waiting', 'retrying', 'failed')),
    failure    text,
    started_at timestamptz not null,
    ended_at   timestamptz not null,
    primary key (saga_id, position, direction)
);

create table kernel.reconciler (
    name              text        primary key,
    ran_by            text        not null,
    started_at        timestamptz not null,
    took_micros       bigint      not null,
    changed           integer     not null,
    message           text        not null,
    failure           text,
    failures_in_a_row integer     not null,
    last_change_at    timestamptz
);

-- The outbox. Order of reading is (txid, seq), and only transactions older than every running one are read: numbers
-- drawn from a sequence alone would be passed by when a slower transaction commits behind a faster one.
create table kernel.event (
    seq         bigint      generated always as identity primary key,
    txid        bigint      not null default (pg_current_xact_id()::text::bigint),
    id          uuid        not null unique,
    occurred_at timestamptz not null,
    type        text        not null,
    project_id  text        not null,
    user_id     text        not null,
    resource_id text        not null,
    request_id  text        not null,
    payload     jsonb       not null
);
create index event_order on kernel.event (txid, seq);
create index event_time on kernel.event (occurred_at);

create table kernel.event_cursor (
    subscriber text        primary key,
    txid       bigint      not null,
    seq        bigint      not null,
    moved_at   timestamptz not null default now()
);

-- Overrides only; defaults are declared in code. Project '*' holds an operator's change of a default.
create table kernel.quota_limit (
    project_id text   not null,
    resource   text   not null,
    amount     bigint not null check (amount >= -1),
    primary key (project_id, resource)
);

create table kernel.quota_usage (
    project_id text   not null,
    resource   text   not null,
    used       bigint not null check (used >= 0),
    primary key (project_id, resource)
);
