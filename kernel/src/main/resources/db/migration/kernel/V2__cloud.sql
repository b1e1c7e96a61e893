-- Which cloud this database is of. Hosts remember it: one that belongs to another cloud removes nothing.
create table kernel.cloud (
    id         uuid        primary key,
    -- when it was started for the first time; null: the first things are still to be made
    started_at timestamptz,
    created_at timestamptz not null default now()
);

insert into kernel.cloud (id) values (gen_random_uuid());
