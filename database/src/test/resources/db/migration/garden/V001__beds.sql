create table bed (
    id   bigint primary key,
    name text not null constraint bed_name_unique unique,
    size int not null default 1 constraint bed_size_positive check (size > 0)
);
