-- Which cloud this database is of. Hosts remember it: one that belongs to another cloud removes nothing.
create table kernel.cloud (
    id         uuid        primary key,
    created_at timestamptz not null default now()
);
insert into kernel.cloud (id) values (gen_random_uuid());
