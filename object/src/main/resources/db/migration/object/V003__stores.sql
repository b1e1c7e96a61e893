-- Which folder of bodies belongs to these rows: it bears the same id. Rows that are not its own would have it swept empty.
create table stores (
    policy text primary key,
    id uuid not null
);
